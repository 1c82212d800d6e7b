import type { Command } from 'commander';
import { stringify } from 'yaml';
import { unreachable } from '../base/unreachable.ts';
import type { ObjectDifference } from '../control/config/diff-revisions.ts';
import type { HistoryPage } from '../control/config/history.ts';
import { objectPath, resourceWord } from '../control/config/kind-names.ts';
import { withReadableMasks } from '../control/config/shown-secrets.ts';
import { namedObject } from '../control/config/object-name.ts';
import { writtenDocuments } from '../control/offline/validate-texts.ts';
import type { DocumentIssue } from '../control/config/document-issue.ts';
import { accepted, apiClient, type ApiClient } from './api-client.ts';
import { type Applied, postApply, printErrors } from './apply.ts';
import { CliFailure } from './cli-failure.ts';
import { colors } from './colors.ts';
import { type GlobalOptions, optionsOf } from './global-options.ts';
import { type InputFile, readInputs } from './input-files.ts';
import { type DiffLine, lineDiff } from './line-diff.ts';
import { printValue } from './print-value.ts';
import { wholeNumber } from './whole-number.ts';

interface DiffOptions {
  readonly filename?: readonly string[];
  readonly recursive: boolean;
  readonly prune?: string;
  readonly from?: number;
  readonly to?: number;
  readonly exitCode: boolean;
}

type Change = ObjectDifference;

/** `pilotless diff -f FILE`: what an apply would change; `pilotless diff --to N [--from M]`: what revisions changed. */
export function diffVerb(verb: Command): Command {
  return verb
    .option('-f, --filename <path...>', 'files, directories, or - for standard input')
    .option('-R, --recursive', 'also the directories below', false)
    .option('--prune <selector>', 'as for apply')
    .option('--from <revision>', 'the older revision (default: the one before --to)', wholeNumber)
    .option('--to <revision>', 'the newer revision (default: the newest)', wholeNumber)
    .option('--exit-code', 'end with 1 when there are differences', false)
    .action((_options: unknown, command: Command) => diff(command));
}

async function diff(command: Command): Promise<void> {
  const options = optionsOf<DiffOptions>(command);
  const changes = options.filename
    ? await changesOfFiles(await readInputs(options.filename, { isRecursive: options.recursive }), options)
    : await changesOfRevisions(options);
  if (!printValue({ changes }, options.output)) {
    for (const change of changes) process.stdout.write(textOf(change));
    if (changes.length === 0) process.stderr.write('No differences.\n');
  }
  if (options.exitCode && changes.length > 0) throw new CliFailure('refused');
}

async function changesOfRevisions(options: DiffOptions & GlobalOptions): Promise<readonly Change[]> {
  const { from, to } = options;
  if (from === undefined && to === undefined) {
    throw new CliFailure('usage', 'give files with -f, or revisions with --from and --to');
  }
  const client = apiClient(options);
  const query = from === undefined ? {} : { from: String(from) };
  const answer = accepted(await client.ask(`/v1/revisions/${to ?? (await newestRevision(client))}/diff`, { query }));
  return (answer.body as { readonly changes: readonly Change[] }).changes;
}

async function newestRevision(client: ApiClient): Promise<number> {
  const page = accepted(await client.ask('/v1/revisions', { query: { limit: '1' } })).body as HistoryPage;
  return page.revisions[0]?.revision ?? 0;
}

/** A dry run says which objects would change; their documents on both sides are then set side by side. */
async function changesOfFiles(
  files: readonly InputFile[],
  options: DiffOptions & GlobalOptions,
): Promise<readonly Change[]> {
  const answer = await postApply(files, { ...options, dryRun: true });
  if (answer.status === 422) {
    const { errors } = answer.body as { readonly errors: readonly DocumentIssue[] };
    printErrors(files, errors);
    throw new CliFailure('refused');
  }
  const { results } = accepted(answer).body as Applied;
  const written = new Map(files.flatMap(({ text }) => [...writtenDocuments(text, options.namespace)]));
  const client = apiClient(options);
  const changes: Change[] = [];
  for (const { action, warnings: _, ...named } of results) {
    const object = namedObject(named);
    if (action === 'unchanged' || !object) continue;
    const before = action === 'created' ? undefined : await liveDocument(client, objectPath(object.kind, named));
    const after = action === 'pruned' ? undefined : written.get(object.key);
    changes.push({ ...named, action, ...shownSides(before, after) });
  }
  return changes;
}

type Document = Readonly<Record<string, unknown>>;

/** Values of Secrets are masked on both sides; where nothing else differs, they do. */
function shownSides(before: Document | undefined, after: Document | undefined): Pick<Change, 'before' | 'after'> {
  const [old, now] = [withReadableMasks(before), withReadableMasks(after)];
  const isHidden = old !== undefined && now !== undefined && linesOf(old).join() === linesOf(now).join();
  const note = isHidden ? { values: 'differ' } : {};
  return { ...(old && { before: old }), ...(now && { after: { ...now, ...note } }) };
}

/** The stored document without what only the service writes. */
async function liveDocument(client: ApiClient, path: string): Promise<Document> {
  const {
    status: _status,
    metadata,
    ...body
  } = accepted(await client.ask(path)).body as {
    readonly status?: unknown;
    readonly metadata: Document;
  };
  const { uid: _uid, resourceVersion: _rv, generation: _generation, creationTimestamp: _time, ...own } = metadata;
  return { ...body, metadata: own };
}

function textOf({ apiVersion, kind, namespace, name, action, before, after }: Change): string {
  const title = `${resourceWord({ apiVersion, kind })}/${name}${namespace === '' ? '' : ` in ${namespace}`} (${action})`;
  const lines = lineDiff(linesOf(before), linesOf(after)).map(textOfLine);
  return `${colors.bold(`--- ${title}`)}\n${lines.join('\n')}\n`;
}

function textOfLine({ sign, line }: DiffLine): string {
  switch (sign) {
    case '+':
      return colors.green(`+${line}`);
    case '-':
      return colors.red(`-${line}`);
    case ' ':
      return ` ${line}`;
    case '@':
      return colors.dim('...');
    default:
      return unreachable(sign);
  }
}

function linesOf(document: Document | undefined): readonly string[] {
  return document ? stringify(document, { lineWidth: 0, sortMapEntries: true }).trimEnd().split('\n') : [];
}
