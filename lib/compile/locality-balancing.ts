import type { LbEndpoint } from '../ir/endpoints.ts';
import { TOPOLOGY_LABELS } from '../base/topology-labels.ts';
import type { Labels } from '../base/labels.ts';
import type { Locality } from '../base/locality.ts';
import type { LocalityLb, PolicyBlocks } from '../model/traffic-policy.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';

/** Endpoints of one locality while priorities and weights are being decided; `labels` run beside `endpoints`. */
export interface LocalityGroup {
  readonly locality: Locality;
  readonly priority: number;
  readonly weight: number;
  readonly endpoints: readonly LabelledEndpoint[];
}

export interface LabelledEndpoint {
  readonly endpoint: LbEndpoint;
  readonly labels: Labels;
  readonly weight: number;
}

/** Where the client is and what it is called. */
export interface ClientPlace {
  readonly locality: Locality;
  readonly selectedLabels: Labels;
  readonly hasLabels: boolean;
}

/** What the locality settings say for one cluster: the setting itself, and whether failover acts (LB-1, LB-2). */
export interface LocalityRule {
  readonly setting: LocalityLb;
  readonly failsOver: boolean;
}

/** LB-1: the policy's own setting, which may be "off", else the mesh's; `undefined` when localities do not matter. */
export function localityRule({ lb, outlier }: PolicyBlocks, mesh: MeshSettings): LocalityRule | undefined {
  const setting = lb?.locality ?? mesh.localityLb;
  if (setting === undefined || setting === 'off') return undefined;
  return { setting, failsOver: outlier !== undefined };
}

/** LB-10: weights of localities count only where somebody asked for them; otherwise they would distort least-request. */
export function isLocalityWeighted(rule: LocalityRule | undefined): boolean {
  if (rule === undefined) return false;
  const { distribute, failover, failoverPriority } = rule.setting;
  return distribute.length > 0 || (rule.failsOver && (failover.length > 0 || failoverPriority.length > 0));
}

/** LB-3: either weights or priorities. */
export function balanceLocalities(
  groups: readonly LocalityGroup[],
  rule: LocalityRule | undefined,
  client: ClientPlace,
): readonly LocalityGroup[] {
  if (rule === undefined) return groups;
  const { distribute, failover, failoverPriority } = rule.setting;
  if (distribute.length > 0) return distributed(groups, distribute, client.locality);
  if (!rule.failsOver) return groups;
  if (failoverPriority.length === 0) return byLocality(groups, failover, client.locality);
  const labelled = client.hasLabels ? byLabels(groups, failoverPriority, client.selectedLabels) : groups;
  return failover.length > 0 ? byLocality(labelled, failover, client.locality) : labelled;
}

/** LB-9: the first entry that speaks about the client's locality; a group is claimed by one target, an unclaimed one is emptied. */
function distributed(
  groups: readonly LocalityGroup[],
  distribute: LocalityLb['distribute'],
  from: Locality,
): readonly LocalityGroup[] {
  const entry = distribute.find((each) => matchesLocality(from, each.from));
  if (entry === undefined) return groups;
  const weights = new Map<LocalityGroup, number>();
  // More specific targets claim first, so that the order of a document's keys means nothing.
  for (const [target, weight] of Object.entries(entry.to).sort(([a], [b]) => specificity(b) - specificity(a))) {
    const claimed = groups.filter((group) => !weights.has(group) && matchesLocality(group.locality, target));
    const total = claimed.reduce((sum, group) => sum + group.weight, 0);
    for (const group of claimed) weights.set(group, Math.ceil((group.weight * weight) / total));
  }
  return groups.map((group) => {
    const weight = weights.get(group);
    if (weight === undefined) return { ...group, endpoints: [] };
    return weight > 0 ? { ...group, weight } : group;
  });
}

/** HN-16: each part that is written must be equal; `*` takes everything from there on. */
function matchesLocality({ region, zone, subzone }: Locality, rule: string): boolean {
  const [ruleRegion = '', ruleZone = '', ruleSubzone = ''] = rule.split('/');
  return (
    (ruleRegion === '*' || region === ruleRegion) &&
    (ruleZone === '*' || ruleZone === '' || zone === ruleZone) &&
    (ruleSubzone === '*' || ruleSubzone === '' || subzone === ruleSubzone)
  );
}

const specificity = (rule: string): number => rule.split('/').filter((part) => part !== '' && part !== '*').length;

/** LB-4, LB-8: how much of the locality is shared, on top of what a group already has. */
function byLocality(
  groups: readonly LocalityGroup[],
  failover: LocalityLb['failover'],
  client: Locality,
): readonly LocalityGroup[] {
  const rule = failover.find(({ from }) => from === client.region);
  const PRIORITIES = 5; // 0 to 4: so many places each earlier priority is split into
  return compacted(
    groups.map((group) => {
      const shared = distance(client, group.locality);
      const isUnwanted = shared === 3 && rule !== undefined && group.locality.region !== rule.to;
      return { ...group, priority: group.priority * PRIORITIES + (isUnwanted ? 4 : shared) };
    }),
  );
}

function distance(client: Locality, other: Locality): 0 | 1 | 2 | 3 {
  if (client.region !== other.region) return 3;
  if (client.zone !== other.zone) return 2;
  return client.subzone === other.subzone ? 0 : 1;
}

/** LB-6: splits each locality by how early an endpoint's labels part from the client's. */
function byLabels(
  groups: readonly LocalityGroup[],
  priorities: readonly string[],
  client: Labels,
): readonly LocalityGroup[] {
  const wanted = priorities.map((priority) => {
    const [key = '', ...literal] = priority.split('=');
    return { key, value: literal.length === 1 ? literal[0] : client[key] };
  });
  return compacted(
    groups.flatMap((group) => {
      const parts = Map.groupBy(group.endpoints, ({ labels }) => labelPriority(labels, wanted));
      return [...parts]
        .sort(([a], [b]) => a - b)
        .map(([priority, endpoints]) => ({ ...group, priority, endpoints, weight: totalWeight(endpoints) }));
    }),
  );
}

/** LB-7: another network is worse than any mismatch within the client's, but the labels after it still count. */
function labelPriority(
  labels: Labels,
  wanted: readonly { readonly key: string; readonly value: string | undefined }[],
): number {
  let penalty = 0;
  for (const [index, { key, value }] of wanted.entries()) {
    if (labels[key] === value) continue;
    if (index > 0 || key !== TOPOLOGY_LABELS.network) return penalty + wanted.length - index;
    penalty = wanted.length;
  }
  return penalty;
}

/** LB-5: the same order of priorities, counted 0, 1, 2, … as Envoy wants them. */
function compacted(groups: readonly LocalityGroup[]): readonly LocalityGroup[] {
  const used = [...new Set(groups.map(({ priority }) => priority))].sort((a, b) => a - b);
  const rank = new Map(used.map((priority, index) => [priority, index]));
  return groups.map((group) => ({ ...group, priority: rank.get(group.priority) ?? 0 }));
}

/** EP-9: Envoy holds weights in 32 bits. */
export function totalWeight(endpoints: readonly LabelledEndpoint[]): number {
  return Math.min(
    endpoints.reduce((sum, { weight }) => sum + weight, 0),
    4_294_967_295,
  );
}
