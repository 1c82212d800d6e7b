import type { LocalityUse } from '../ir/cluster.ts';
import type { LbEndpoint } from '../ir/endpoints.ts';
import { TOPOLOGY_LABELS } from '../base/topology-labels.ts';
import type { Labels } from '../base/labels.ts';
import { coversLocality, type Locality } from '../base/locality.ts';
import { DISTRIBUTION_LABELS, type Service } from '../model/service.ts';
import type { LocalityLb, PolicyBlocks, ZoneAwareLb } from '../model/traffic-policy.ts';
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

/** What the settings say about localities for one cluster. */
export type LocalityRule =
  | {
      readonly kind: 'locality';
      readonly setting: LocalityLb;
      /** Whether priorities are given at all: without outlier detection nobody would ever fail over (LB-2). */
      readonly failsOver: boolean;
    }
  | { readonly kind: 'zone-aware'; readonly setting: ZoneAwareLb };

/** LB-1: the policy, which may say "off", then the service's own wish, then the mesh; `undefined` when localities do not matter. */
export function localityRule(
  { lb, outlier }: PolicyBlocks,
  { trafficDistribution }: Pick<Service, 'trafficDistribution'>,
  mesh: MeshSettings,
): LocalityRule | undefined {
  const failsOver = outlier !== undefined;
  if (lb?.zoneAware !== undefined) return { kind: 'zone-aware', setting: lb.zoneAware };
  if (lb?.locality === 'off') return undefined;
  if (lb?.locality !== undefined) return { kind: 'locality', setting: lb.locality, failsOver };
  if (trafficDistribution !== undefined) {
    const setting = { distribute: [], failover: [], failoverPriority: DISTRIBUTION_LABELS[trafficDistribution] };
    return { kind: 'locality', setting, failsOver: true }; // LB-12
  }
  if (mesh.zoneAwareLb !== undefined) return { kind: 'zone-aware', setting: mesh.zoneAwareLb };
  return mesh.localityLb && { kind: 'locality', setting: mesh.localityLb, failsOver };
}

/** LB-10: weights of localities count only where somebody asked for them; otherwise they would distort least-request. */
export function localityUse(rule: LocalityRule | undefined): LocalityUse {
  if (rule === undefined) return { type: 'ignored' };
  if (rule.kind === 'zone-aware') {
    const { isOn, minimumClusterSize } = rule.setting;
    return { type: 'zone-aware', isOn, minimumClusterSize };
  }
  const { distribute, failover, failoverPriority } = rule.setting;
  const failsOver = rule.failsOver && (failover.length > 0 || failoverPriority.length > 0);
  return { type: distribute.length > 0 || failsOver ? 'weighted' : 'ignored' };
}

/** LB-3: either weights or priorities. */
export function balanceLocalities(
  groups: readonly LocalityGroup[],
  rule: LocalityRule | undefined,
  client: ClientPlace,
): readonly LocalityGroup[] {
  if (rule === undefined) return groups;
  const { failover, failoverPriority } = rule.setting;
  const labelled = (): readonly LocalityGroup[] =>
    client.hasLabels && failoverPriority.length > 0
      ? byLabels(groups, failoverPriority, client.selectedLabels)
      : groups;
  if (rule.kind === 'zone-aware') {
    return rule.setting.isOn ? byRegion(labelled(), failover, client.locality) : groups;
  }
  const { distribute } = rule.setting;
  if (distribute.length > 0) return distributed(groups, distribute, client.locality);
  if (!rule.failsOver) return groups;
  const isByLabelsAlone = failoverPriority.length > 0 && failover.length === 0;
  return isByLabelsAlone ? labelled() : byLocality(labelled(), failover, client.locality);
}

/** LB-9: the first entry that speaks about the client's locality; a group is claimed by one target, an unclaimed one is emptied. */
function distributed(
  groups: readonly LocalityGroup[],
  distribute: LocalityLb['distribute'],
  from: Locality,
): readonly LocalityGroup[] {
  const entry = distribute.find((each) => coversLocality(each.from, from));
  if (entry === undefined) return groups;
  const weights = new Map<LocalityGroup, number>();
  // More specific targets claim first, so that the order of a document's keys means nothing.
  for (const [target, weight] of Object.entries(entry.to).sort(([a], [b]) => specificity(b) - specificity(a))) {
    const claimed = groups.filter((group) => !weights.has(group) && coversLocality(target, group.locality));
    const total = claimed.reduce((sum, group) => sum + group.weight, 0);
    for (const group of claimed) weights.set(group, Math.ceil((group.weight * weight) / total));
  }
  return groups.map((group) => {
    const weight = weights.get(group);
    if (weight === undefined) return { ...group, endpoints: [] };
    return weight > 0 ? { ...group, weight } : group;
  });
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

/** LB-11: zones of the client's region are one priority, for Envoy to share out; regions that failover names come next. */
function byRegion(
  groups: readonly LocalityGroup[],
  failover: ZoneAwareLb['failover'],
  client: Locality,
): readonly LocalityGroup[] {
  const rule = failover.find(({ from }) => from === client.region);
  const PRIORITIES = 3;
  const rank = ({ region }: Locality): number => (region === client.region ? 0 : region === rule?.to ? 1 : 2);
  return compacted(groups.map((group) => ({ ...group, priority: group.priority * PRIORITIES + rank(group.locality) })));
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
