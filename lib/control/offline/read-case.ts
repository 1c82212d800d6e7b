import type { WorldOptions } from '../../world/mesh-settings.ts';
import type { Profile, ProxyFacts } from '../../view/proxy-facts.ts';
import { readNode } from '../../view/read-node.ts';
import { caseResources, type CaseResources } from './case-resources.ts';

/** One case as the command line takes it, its documents read. */
export interface ReadCase extends CaseResources {
  /** Empty when the case says none. */
  readonly name: string;
  /** The proxy, as it was written. */
  readonly node: unknown;
  readonly world: WorldOptions;
}

/**
 * The writers of a case's documents have no domain, as Istio's own recorded cases have none: `a` means `a.<namespace>`. Istio's
 * addresses are given out by a controller, which no case runs.
 */
export const CASE_WORLD: WorldOptions = { shortNameSuffix: '', drawsAddresses: false };

/** Members that are missing, or of another type than they should be, are empty. */
export function readCase(written: unknown): ReadCase {
  const said = membersOf(written);
  const text = (member: string): string => textOf(said[member]);
  const texts = { mesh: text('mesh'), networks: text('networks'), configs: text('configs'), kube: text('kube') };
  const world = { ...CASE_WORLD, hasNoMeshDefaults: said['meshRaw'] === true };
  return { name: caseName(written), node: said['proxy'], world, ...caseResources(texts) };
}

export type CaseProxy =
  { readonly ok: true; readonly facts: ProxyFacts } | { readonly ok: false; readonly errors: readonly string[] };

/** A written proxy, as the Envoy that the caller says, or else as the one that its metadata says. */
export function caseProxy(node: unknown, profile?: Profile): CaseProxy {
  const read = readNode(node);
  if (!read.ok) return { ok: false, errors: read.issues.map(({ path, message }) => `proxy ${path}: ${message}`) };
  return { ok: true, facts: profile ? { ...read.value, profile } : read.value };
}

export const caseName = (written: unknown): string => textOf(membersOf(written)['name']);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
