import { mostSpecificMatch } from '../base/host-name.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { policyLevels } from '../model/policy-levels.ts';
import type { Service } from '../model/service.ts';
import type { PolicyBlocks, TrafficPolicy } from '../model/traffic-policy.ts';
import type { GatewaySource } from './gateways.ts';
import type { SecretGrants } from './secrets.ts';

/** A fact about a proxy that says where or as whom it runs, and changes what it is given only in worlds that look at it (VIEW-1). */
export type DecidingFact = 'locality' | 'clusterId' | 'serviceAccount' | 'tracedAs';

/** Everything in a world that may look at such a fact. */
export interface FactReaders {
  readonly mesh: MeshSettings;
  readonly trafficPolicies: readonly TrafficPolicy[];
  readonly services: readonly Service[];
  readonly gateways: readonly GatewaySource[];
  readonly secretGrants: SecretGrants;
}

/** The facts that this world looks at. Tasks that differ only in others share one view (VIEW-2). */
export function decidingFacts(readers: FactReaders): ReadonlySet<DecidingFact> {
  const facts = Object.keys(RULES) as DecidingFact[];
  return new Set(facts.filter((fact) => RULES[fact](readers)));
}

/** For each fact whether a world looks at it. Where a stage begins to read a fact, its rule has to say when. */
const RULES: Readonly<Record<DecidingFact, (readers: FactReaders) => boolean>> = {
  locality: looksAtLocality,
  clusterId: looksAtCluster,
  // TC-5, GW-16: whose proxies may have secrets.
  serviceAccount: ({ gateways, secretGrants }) =>
    secretGrants.size > 0 || gateways.some(({ serviceAccount }) => serviceAccount !== ''),
  // Spans say which workload they are from.
  tracedAs: ({ mesh }) => mesh.tracing?.hasIstioTags ?? false,
};

/** NW-7: services that stay within a cluster. That Kubernetes' own would (NW-4) means nothing where there are none. */
function looksAtCluster({ mesh, services }: FactReaders): boolean {
  const localHosts = new Map(Object.entries(mesh.clusterLocalHosts));
  return services.some(({ hostname }) => mostSpecificMatch(hostname, localHosts) === true);
}

/** Weights per locality, zone-aware routing, or failover, which needs outlier detection (LB-2). */
function looksAtLocality({ mesh, trafficPolicies, services }: FactReaders): boolean {
  const ofMesh = (mesh.localityLb?.distribute.length ?? 0) > 0 || mesh.zoneAwareLb !== undefined;
  if (ofMesh || blocksLookAtLocality(mesh.defaultPolicy)) return true;
  if (services.some(({ trafficDistribution }) => trafficDistribution !== undefined)) return true;
  return trafficPolicies.some((policy) => policyLevels(policy).some(blocksLookAtLocality));
}

function blocksLookAtLocality({ outlier, lb }: PolicyBlocks): boolean {
  if (outlier !== undefined || lb?.zoneAware !== undefined) return true;
  return lb?.locality !== undefined && lb.locality !== 'off' && lb.locality.distribute.length > 0;
}
