import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { EnvoyResource } from '../../lib/envoy/envoy-resource.ts';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import type { ProxyIr } from '../../lib/ir/proxy-ir.ts';
import { lineOf, type Line } from './line.ts';
import type { TestNode } from './proxy-facts.ts';
import type { Call } from '../../lib/explain/request.ts';
import type { Outcome } from '../../lib/explain/call-outcome.ts';

const casesDirectory = fileURLToPath(new URL('../golden/cases', import.meta.url));

/** Files that a case may have: `in` and `node` always; `show` and `calls` if need be; the rest is what the line answers. */
const inputs = ['in.yaml', 'node.yaml', 'show.yaml', 'calls.yaml'];
const outputs = ['ir', 'envoy', 'issues'] as const;
type Output = (typeof outputs)[number];

/** An output longer than this is read by nobody; narrow it with `show.yaml`. In lines. */
const LONGEST_OUTPUT = 80;

/** One directory `test/golden/cases/<kind>/<case>`. */
export interface GoldenCase {
  /** `<kind>/<case>` */
  readonly name: string;
  readonly directory: string;
}

/** What every stage answered for a case, whole. */
export interface GoldenRun extends Line {
  readonly node: TestNode;
}

export function goldenCases(): readonly GoldenCase[] {
  return subdirectories(casesDirectory).flatMap((kind) =>
    subdirectories(join(casesDirectory, kind)).map((name) => ({
      name: `${kind}/${name}`,
      directory: join(casesDirectory, kind, name),
    })),
  );
}

/** A call of a case with what it expects. */
export type ExpectedCall = Call & { readonly [Part in keyof Outcome]: Outcome[Part] | null };

/** The calls of `calls.yaml`; none when a case has no such file. */
export function callsOf({ directory }: GoldenCase): readonly ExpectedCall[] {
  const file = join(directory, 'calls.yaml');
  return existsSync(file) ? (parse(readFileSync(file, 'utf8')) as readonly ExpectedCall[]) : [];
}

/** Runs the whole line for one case. */
export function runCase({ directory }: GoldenCase): GoldenRun {
  const node = parse(readFileSync(join(directory, 'node.yaml'), 'utf8')) as TestNode;
  return { ...lineOf(readFileSync(join(directory, 'in.yaml'), 'utf8'), node), node };
}

/** Compares a case's outputs with its files, or rewrites the files where `UPDATE_GOLDEN=1` is set. */
export function checkCase(golden: GoldenCase): void {
  const texts = outputTexts(golden, runCase(golden));
  const isUpdate = process.env['UPDATE_GOLDEN'] === '1';
  for (const output of outputs) {
    const file = join(golden.directory, `${output}.yaml`);
    const expected = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    const actual = texts[output];
    if (actual !== undefined) assertShort(`${golden.name}/${output}.yaml`, actual);
    if (!isUpdate) assert.equal(actual, expected, `${golden.name}/${output}.yaml differs; UPDATE_GOLDEN=1 rewrites it`);
    else if (actual === undefined) rmSync(file, { force: true });
    else writeFileSync(file, actual);
  }
  const text = readFileSync(join(golden.directory, 'in.yaml'), 'utf8');
  assert.match(text, /^# \w/, `${golden.name}/in.yaml starts with a comment that says what the case shows`);
}

/** Files under the cases that belong to no case: removed where `UPDATE_GOLDEN=1` is set, answered otherwise. */
export function orphans(): readonly string[] {
  const isUpdate = process.env['UPDATE_GOLDEN'] === '1';
  const known = new Set([...inputs, ...outputs.map((output) => `${output}.yaml`)]);
  const found: string[] = [];
  for (const { name, directory } of goldenCases()) {
    const isCase = existsSync(join(directory, 'in.yaml')) && existsSync(join(directory, 'node.yaml'));
    for (const file of readdirSync(directory)) {
      if (isCase && known.has(file)) continue;
      found.push(`${name}/${file}`);
      if (isUpdate) rmSync(join(directory, file), { recursive: true });
    }
  }
  return isUpdate ? [] : found;
}

function outputTexts({ directory }: GoldenCase, run: GoldenRun): Readonly<Record<Output, string | undefined>> {
  const showFile = join(directory, 'show.yaml');
  const show = existsSync(showFile) ? (parse(readFileSync(showFile, 'utf8')) as Partial<Record<Output, string[]>>) : {};
  return {
    ir: textOf(narrow(filledLists(run.ir), show.ir)),
    envoy: textOf(narrow(byRenderKey(run.resources), show.envoy)),
    issues: run.issues.length === 0 ? undefined : textOf(run.issues),
  };
}

/** The lists of an IR that have items; `refresh` is the node's own and says nothing. */
function filledLists({ refresh: _refresh, ...lists }: ProxyIr): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(Object.entries(lists).filter(([, items]) => items.length > 0));
}

/** The resources as `render` prints them: lists by type, empty ones left out. */
function byRenderKey(resources: readonly EnvoyResource[]): Readonly<Record<string, readonly unknown[]>> {
  const lists: Record<string, unknown[]> = {};
  for (const { type, body } of resources) (lists[XDS_TYPES[type].renderKey] ??= []).push(body);
  return lists;
}

/**
 * Only the parts that the paths name, as a map from path to part; all of it where there are no paths. Steps of a path are
 * parted by ` > `; in a list a step is the `name` of an item (`routes > 9080 > virtualHosts > reviews:9080`).
 */
function narrow(value: unknown, paths: readonly string[] | undefined): unknown {
  if (paths === undefined) return value;
  return Object.fromEntries(paths.map((path) => [path, path.split(' > ').reduce(step, value) ?? null]));
}

function step(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.find((item) => nameOf(item) === name) as unknown;
  return (value as Readonly<Record<string, unknown>> | undefined)?.[name];
}

function nameOf(item: unknown): string | undefined {
  const { name, clusterName } = item as { readonly name?: string; readonly clusterName?: string };
  return name ?? clusterName;
}

function textOf(value: unknown): string | undefined {
  const text = stringify(JSON.parse(JSON.stringify(value)), { lineWidth: 120, aliasDuplicateObjects: false });
  return text.trim() === '{}' ? undefined : text;
}

function assertShort(file: string, text: string): void {
  const lines = text.split('\n').length - 1;
  assert.ok(lines <= LONGEST_OUTPUT, `${file} has ${lines} lines, more than ${LONGEST_OUTPUT}: narrow it in show.yaml`);
}

function subdirectories(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
