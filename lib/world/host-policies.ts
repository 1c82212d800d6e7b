import { mostSpecificMatch, type HostName } from '../base/host-name.ts';
import { canonicalJson } from '../base/hashing.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { Labels } from '../base/labels.ts';
import type { PolicyBlocks, PortPolicy, TrafficPolicy } from '../model/traffic-policy.ts';

/** Consolidated policies by host; those of one host in the order in which they were added. */
export interface HostPolicies {
  readonly exact: ReadonlyMap<HostName, readonly ConsolidatedPolicy[]>;
  /** Apart, because only these have to be searched (DR-4). */
  readonly wildcards: ReadonlyMap<HostName, readonly ConsolidatedPolicy[]>;
}

/** A policy with what only consolidation needs to know about it. */
export interface ConsolidatedPolicy extends TrafficPolicy {
  /** As written, `.` replaced; empty when nothing was written. Compared as a set of words, not by what it means (DR-5). */
  readonly exportTo: ReadonlySet<string>;
  readonly hasTopLevelPolicy: boolean;
}

export interface IncomingPolicy {
  readonly policy: TrafficPolicy;
  /** Made of a policy of the Gateway API, which says only what nobody wrote in a DestinationRule (DR-11). Comes after all others. */
  readonly fillsGaps: boolean;
  readonly exportTo: ReadonlySet<string>;
  readonly hasTopLevelPolicy: boolean;
}

/** The policies of the exact host, else of the longest wildcard that covers it (DR-13); empty when there are none. */
export function policiesOfHost({ exact, wildcards }: HostPolicies, host: HostName): readonly ConsolidatedPolicy[] {
  return exact.get(host) ?? mostSpecificMatch(host, wildcards) ?? [];
}

/** What all documents of one host say together, each added in turn to what those before it came to. */
export function consolidate(incoming: readonly IncomingPolicy[]): Noted<readonly ConsolidatedPolicy[]> {
  const issues: Issue[] = [];
  let value: readonly ConsolidatedPolicy[] = [];
  for (const each of incoming) {
    if (each.fillsGaps) {
      value = addFilling(value, each);
      continue;
    }
    const added = addPolicy(value, each);
    value = added.value;
    issues.push(...added.issues);
  }
  return { value, issues };
}

/**
 * Adds one document's policy: merged into every entry it fits (DR-5 to DR-7), and as an entry of its own unless it went into
 * one with the same selector. A rule without a selector that is private to its namespace stays as well, where Istio forgets it
 * and leaves workloads that nothing selects without any (DR-8). The issues name what was ignored on the way (DR-9).
 */
function addPolicy(
  existing: readonly ConsolidatedPolicy[],
  incoming: IncomingPolicy,
): Noted<readonly ConsolidatedPolicy[]> {
  const { policy } = incoming;
  const issues: Issue[] = [];
  const merged = existing.map((entry) => {
    if (!isMergedInto(entry, incoming)) return entry;
    issues.push(...repeatedSubsets(entry, policy));
    return mergeInto(entry, incoming);
  });
  return { value: hasOwnEntry(existing, incoming) ? [...merged, entryOf(incoming)] : merged, issues };
}

/**
 * DR-11: fills the gaps of every entry, whatever the reach of its rule, and stays for those who see none of them: in front,
 * because of the rules without a selector that a client sees the last one counts.
 */
function addFilling(existing: readonly ConsolidatedPolicy[], incoming: IncomingPolicy): readonly ConsolidatedPolicy[] {
  const filled = existing.map((entry) => fillGaps(entry, incoming));
  return hasOwnEntry(existing, incoming) ? [entryOf(incoming), ...filled] : filled;
}

const isMergedInto = (entry: ConsolidatedPolicy, { exportTo, policy }: IncomingPolicy): boolean =>
  exportsAllow(entry.exportTo, exportTo) && selectorsAllow(entry, policy);

/** Whether nobody's entry stands for the incoming policy as well. */
const hasOwnEntry = (existing: readonly ConsolidatedPolicy[], incoming: IncomingPolicy): boolean =>
  !existing.some((entry) => isMergedInto(entry, incoming) && sameSelector(entry, incoming.policy));

const entryOf = ({ policy, exportTo, hasTopLevelPolicy }: IncomingPolicy): ConsolidatedPolicy => ({
  ...policy,
  exportTo,
  hasTopLevelPolicy,
});

/** DR-5: equal sets merge, and a strict superset of a written set merges too. */
function exportsAllow(existing: ReadonlySet<string>, incoming: ReadonlySet<string>): boolean {
  const isCovered = [...existing].every((word) => incoming.has(word));
  return isCovered && (existing.size === incoming.size || existing.size > 0);
}

/** DR-6: two different selectors never meet; a rule without one adds to whoever selects (DR-7). */
function selectorsAllow(entry: TrafficPolicy, incoming: TrafficPolicy): boolean {
  if (entry.workloadSelector === undefined || incoming.workloadSelector === undefined) return true;
  return sameSelector(entry, incoming);
}

const sameSelector = (a: TrafficPolicy, b: TrafficPolicy): boolean =>
  canonicalJson(selectorOf(a)) === canonicalJson(selectorOf(b));
const selectorOf = ({ workloadSelector }: TrafficPolicy): Labels | null => workloadSelector ?? null;

/** DR-9: new subsets are appended, the top-level policy fills a gap, and nothing else is merged. */
function mergeInto(entry: ConsolidatedPolicy, { policy, hasTopLevelPolicy }: IncomingPolicy): ConsolidatedPolicy {
  const names = new Set(entry.subsets.map(({ name }) => name));
  const taken = !entry.hasTopLevelPolicy && hasTopLevelPolicy ? policy : entry;
  return {
    ...entry,
    from: [...entry.from, ...policy.from],
    blocks: taken.blocks,
    ports: taken.ports,
    hasTopLevelPolicy: entry.hasTopLevelPolicy || hasTopLevelPolicy,
    subsets: [...entry.subsets, ...policy.subsets.filter(({ name }) => !names.has(name))],
  };
}

/** Block by block, and for ports as well. */
function fillGaps(entry: ConsolidatedPolicy, { policy }: IncomingPolicy): ConsolidatedPolicy {
  const written = new Set(entry.ports.map(({ port }) => port));
  const blocksOf = (port: number): PolicyBlocks => policy.ports.find((each) => each.port === port)?.blocks ?? {};
  const ports = entry.ports.map(({ port, blocks }): PortPolicy => ({ port, blocks: { ...blocksOf(port), ...blocks } }));
  return {
    ...entry,
    from: [...entry.from, ...policy.from],
    blocks: { ...policy.blocks, ...entry.blocks },
    ports: [...ports, ...policy.ports.filter(({ port }) => !written.has(port))],
    hasTopLevelPolicy: true,
  };
}

function repeatedSubsets(entry: TrafficPolicy, incoming: TrafficPolicy): readonly Issue[] {
  const names = new Set(entry.subsets.map(({ name }) => name));
  return incoming.subsets.flatMap(({ name }, index): Issue[] => {
    if (!names.has(name)) return [];
    const [resource] = incoming.from;
    return [
      {
        severity: 'warning',
        code: 'DUPLICATE_SUBSET',
        ...(resource !== undefined && { resource }),
        path: `spec.subsets[${index}].name`,
        subject: incoming.host,
        message: `subset ${name} of ${incoming.host} is already in ${entry.from.join(', ')}; rename it or remove it here`,
      },
    ];
  });
}
