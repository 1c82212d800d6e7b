import { type Recall, recallNothing } from '../base/recall.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { PeerPolicies } from '../model/mutual-tls.ts';
import { type AttachedPolicy, attachmentLabels, type PoliciesByNamespace } from '../model/policy-attachment.ts';
import type { RouteTable } from '../model/route-table.ts';
import { DISTRIBUTION_LABELS, type Service } from '../model/service.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';
import type { GatewaySource } from './gateways.ts';
import { policyLevels } from '../model/policy-levels.ts';

/** Everything in a world that may look at a proxy's labels. A new place that does is a new field here. */
export interface LabelReaders {
  readonly mesh: MeshSettings;
  readonly trafficPolicies: readonly TrafficPolicy[];
  readonly gateways: readonly GatewaySource[];
  readonly routeTables: readonly RouteTable[];
  readonly services: readonly Service[];
  readonly peerPolicies: PeerPolicies;
  /** Policies that choose their workloads, kind by kind. */
  readonly attached: readonly PoliciesByNamespace<AttachedPolicy>[];
}

type Keys = ReadonlySet<string>;

/** The label keys on which two proxies can differ in what they are given (VIEW-1): all others never split a view. */
export function selectedLabels(readers: LabelReaders, recall: Recall = recallNothing): Keys {
  const { mesh, trafficPolicies, gateways, routeTables, services, peerPolicies, attached } = readers;
  const all = [
    recall.value('labels of the mesh', [mesh], () => ofPriorities([mesh.localityLb, mesh.zoneAwareLb])),
    recall.value('labels of policies', [trafficPolicies], () => unionOf(trafficPolicies.map(ofPolicy))),
    recall.value('labels of services', [services], () => unionOf(services.map(ofService))),
    recall.value('labels of gateways', [gateways], () => unionOf(gateways.map(({ selector }) => keysOf(selector)))),
    recall.value('labels of peers', [peerPolicies], () => unionOf(ofPeers(peerPolicies))),
    recall.value('labels of routes', [routeTables], () => unionOf(routeTables.map(ofRouteTable))),
    recall.value('labels of attached policies', attached, () => unionOf(attached.map(ofAttached))),
  ];
  const keys = [...unionOf(all)].sort();
  return recall.value('selected labels', keys, () => new Set(keys));
}

const unionOf = (sets: readonly Iterable<string>[]): Keys => {
  const union = new Set<string>();
  for (const set of sets) for (const key of set) union.add(key);
  return union;
};

const keysOf = (labels: object | undefined): readonly string[] => Object.keys(labels ?? {});

function ofPolicy(policy: TrafficPolicy): readonly string[] {
  const settings = policyLevels(policy).flatMap(({ lb }) => [lb?.locality, lb?.zoneAware]);
  return [...keysOf(policy.workloadSelector), ...ofPriorities(settings)];
}

type Setting = { readonly failoverPriority: readonly string[] } | 'off' | undefined;

const ofPriorities = (settings: readonly Setting[]): readonly string[] =>
  settings.flatMap((setting) =>
    setting === undefined || setting === 'off' ? [] : setting.failoverPriority.map(labelKey),
  );

const ofService = ({ trafficDistribution }: Service): readonly string[] =>
  trafficDistribution === undefined ? [] : DISTRIBUTION_LABELS[trafficDistribution];

const ofPeers = ({ byNamespace }: PeerPolicies): readonly Iterable<string>[] =>
  [...byNamespace.values()].flatMap(({ workloads }) => workloads.map(({ selector }) => keysOf(selector)));
const ofAttached = (policies: PoliciesByNamespace<AttachedPolicy>): Keys =>
  unionOf([...policies.values()].flat().map(attachmentLabels));

const ofRouteTable = ({ http, tcp, tls }: RouteTable): readonly string[] =>
  [...http, ...tcp, ...tls].flatMap(({ matches }) => matches.flatMap(({ sourceLabels }) => keysOf(sourceLabels)));

/** LB-6: a failover priority is a label key, or `key=value` with a literal in place of the proxy's own value. */
const labelKey = (priority: string): string => priority.split('=', 1)[0] ?? priority;
