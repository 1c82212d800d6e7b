import { oldestFirst } from '../base/age.ts';
import { isWildcard, resolveShortName, type HostName } from '../base/host-name.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { Labels } from '../base/labels.ts';
import { type Recall, recallNothing } from '../base/recall.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { Subset, TrafficPolicy } from '../model/traffic-policy.ts';
import { isVisibleTo, resolveExportTo, type Visibility } from '../model/visibility.ts';
import { keyOf, type Resource, type ResourceKey, resourceKey } from '../resources/resource.ts';
import { consolidate, type ConsolidatedPolicy, type HostPolicies, type IncomingPolicy } from './host-policies.ts';
import { readBlocks, readPortPolicies } from './traffic-policy-blocks.ts';

/**
 * Consolidated traffic policies, ready for lookup (DR-3). One document can be in two of the indices, consolidated
 * differently in each, because each index holds another set of documents.
 */
export interface TrafficPolicies {
  /** By namespace: what the namespace's own proxies look at first. */
  readonly local: ReadonlyMap<string, HostPolicies>;
  /** By namespace: what it offers to proxies of others. */
  readonly exported: ReadonlyMap<string, HostPolicies>;
  /** Root-namespace policies that are private to it. */
  readonly rootLocal: HostPolicies;
}

/** Reads every DestinationRule and consolidates those of one namespace and host (DR-1 to DR-11). */
export function readTrafficPolicies(
  resources: readonly Resource[],
  mesh: MeshSettings,
  recall: Recall = recallNothing,
): Noted<TrafficPolicies> {
  const local = new Map<string, HostRules>();
  const exported = new Map<string, HostRules>();
  const rootLocal: HostRules = new Map();
  for (const rule of inOrder(resources)) {
    const incoming = recall.value(`policy ${keyOf(rule)}`, [rule, mesh], () => incomingPolicy(rule, mesh));
    const { namespace, visibility } = incoming.policy;
    if (isVisibleTo(visibility, namespace)) addRule(tableOf(local, namespace), incoming);
    if (!isPrivate(visibility, namespace)) addRule(tableOf(exported, namespace), incoming);
    else if (namespace === mesh.rootNamespace) addRule(rootLocal, incoming);
  }
  const issues: Issue[] = [];
  const own = mapValues(local, (rules, namespace) => {
    const table = hostPolicies(rules, (host) => `policies local ${namespace} ${host}`, recall);
    issues.push(...table.issues);
    return table.value;
  });
  const offered = mapValues(
    exported,
    (rules, namespace) => hostPolicies(rules, (host) => `policies exported ${namespace} ${host}`, recall).value,
  );
  const ofRoot = hostPolicies(rootLocal, (host) => `policies root ${host}`, recall).value;
  return { value: { local: own, exported: offered, rootLocal: ofRoot }, issues };
}

/** The documents of one namespace by the host that they speak about, in DR-1's order. */
type HostRules = Map<HostName, IncomingPolicy[]>;

function addRule(rules: HostRules, incoming: IncomingPolicy): void {
  const same = rules.get(incoming.policy.host);
  if (same === undefined) rules.set(incoming.policy.host, [incoming]);
  else same.push(incoming);
}

function hostPolicies(rules: HostRules, slotOf: (host: HostName) => string, recall: Recall): Noted<HostPolicies> {
  const issues: Issue[] = [];
  const exact = new Map<HostName, readonly ConsolidatedPolicy[]>();
  const wildcards = new Map<HostName, readonly ConsolidatedPolicy[]>();
  for (const [host, incoming] of rules) {
    const consolidated = recall.value(slotOf(host), incoming, () => consolidate(incoming));
    issues.push(...consolidated.issues);
    (isWildcard(host) ? wildcards : exact).set(host, consolidated.value);
  }
  return { value: { exact, wildcards }, issues };
}

function mapValues<Key, From, To>(map: ReadonlyMap<Key, From>, to: (value: From, key: Key) => To): Map<Key, To> {
  return new Map([...map].map(([key, value]) => [key, to(value, key)]));
}

/** Every consolidated policy, without order: for questions about all of them. */
export function allTrafficPolicies({ local, exported, rootLocal }: TrafficPolicies): readonly TrafficPolicy[] {
  const tables = [...local.values(), ...exported.values(), rootLocal];
  return tables.flatMap(({ exact, wildcards }) => [...exact.values(), ...wildcards.values()].flat());
}

/** Written by the front end that makes rules of policies of the Gateway API; people cannot write it. */
const PARENTS_ANNOTATION = 'internal.istio.io/parents';

const isMade = ({ metadata }: Resource): boolean => metadata.annotations?.[PARENTS_ANNOTATION] !== undefined;

/** The documents that somebody wrote: the rule, or the policies `Kind/namespace.name` of which it was made. */
function origins(rule: Resource<'DestinationRule'>): readonly ResourceKey[] {
  const parents = (rule.metadata.annotations?.[PARENTS_ANNOTATION] ?? '').split(',');
  const keys = parents.flatMap((parent) => {
    const [, namespace = '', name = ''] = /^BackendTLSPolicy\/([^.]+)\.(.+)$/.exec(parent) ?? [];
    return name === '' ? [] : [resourceKey('BackendTLSPolicy', namespace, name)];
  });
  return keys.length > 0 ? keys : [keyOf(rule)];
}

/** DR-1: rules with a selector first, each group oldest first; DR-11: what fills gaps after what may have them. */
function inOrder(resources: readonly Resource[]): readonly Resource<'DestinationRule'>[] {
  const aged = (rule: Resource<'DestinationRule'>): Parameters<typeof oldestFirst>[0] => ({
    createdAt: rule.metadata.creationTimestamp ?? '',
    name: rule.metadata.name,
    namespace: rule.metadata.namespace,
  });
  return resources
    .filter((resource) => resource.kind === 'DestinationRule')
    .sort(
      (a, b) =>
        Number(isMade(a)) - Number(isMade(b)) ||
        Number(a.spec.workloadSelector === undefined) - Number(b.spec.workloadSelector === undefined) ||
        oldestFirst(aged(a), aged(b)),
    );
}

function incomingPolicy(rule: Resource<'DestinationRule'>, mesh: MeshSettings): IncomingPolicy {
  const { metadata, spec } = rule;
  const { namespace } = metadata;
  const workloadSelector: Labels | undefined =
    spec.workloadSelector === undefined ? undefined : (spec.workloadSelector.matchLabels ?? {});
  const exportTo = workloadSelector === undefined ? (spec.exportTo ?? []) : ['.']; // DR-2
  const host: HostName = resolveShortName(spec.host ?? '', namespace, mesh.shortNameSuffix);
  return {
    fillsGaps: isMade(rule),
    exportTo: new Set(exportTo.map((value) => (value === '.' ? namespace : value))),
    hasTopLevelPolicy: spec.trafficPolicy !== undefined,
    policy: {
      from: origins(rule),
      host,
      namespace,
      visibility: resolveExportTo(exportTo, namespace, mesh.defaultExportTo.policies),
      workloadSelector,
      blocks: readBlocks(spec.trafficPolicy),
      ports: readPortPolicies(spec.trafficPolicy),
      subsets: (spec.subsets ?? []).map(({ name = '', labels = {}, trafficPolicy }): Subset => ({
        name,
        labels,
        blocks: readBlocks(trafficPolicy),
        ports: readPortPolicies(trafficPolicy),
      })),
    },
  };
}

const isPrivate = (visibility: Visibility, namespace: string): boolean =>
  visibility.to === 'namespaces' && visibility.namespaces.every((each) => each === namespace);

function tableOf(tables: Map<string, HostRules>, namespace: string): HostRules {
  const known = tables.get(namespace);
  if (known !== undefined) return known;
  const table: HostRules = new Map();
  tables.set(namespace, table);
  return table;
}
