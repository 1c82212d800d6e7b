import { isIpAddress } from '../base/ip-address.ts';
import { selects, type Labels } from '../base/labels.ts';
import { printLocality } from '../base/locality.ts';
import type { EndpointGroup, LbEndpoint } from '../ir/endpoints.ts';
import type { Endpoint, Service, ServicePort } from '../model/service.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { PolicyBlocks } from '../model/traffic-policy.ts';
import type { ViewFacts, VisibleService } from '../view/proxy-view.ts';
import {
  balanceLocalities,
  localityRule,
  totalWeight,
  type LabelledEndpoint,
  type LocalityGroup,
} from './locality-balancing.ts';

/** What decides which endpoints a cluster has, beside the service itself. */
export interface EndpointChoice {
  readonly port: ServicePort;
  /** Empty takes every endpoint of the port (EP-4). */
  readonly subsetLabels: Labels;
  readonly blocks: PolicyBlocks;
  /** Whether host names may stand as addresses: only where the proxy resolves them itself (EP-3, EP-16). */
  readonly resolvesNames: boolean;
}

/** Services whose sessions stay with an endpoint keep it while it drains (EP-8). */
const PERSISTENT_SESSION_LABEL = 'istio.io/persistent-session';
export const keepsDrainingHosts = ({ labels }: Service): boolean => (labels[PERSISTENT_SESSION_LABEL] ?? '') !== '';

/** The endpoints of one cluster as this client should use them: filtered, grouped by locality, ranked and weighted. */
export function endpointGroups(
  { service, endpoints }: VisibleService,
  choice: EndpointChoice,
  { facts, mesh }: { readonly facts: ViewFacts; readonly mesh: MeshSettings },
): readonly EndpointGroup[] {
  const usable = endpoints.filter((endpoint) => isOfCluster(endpoint, choice) && isSent(endpoint, choice, service));
  const grouped = Map.groupBy(usable, ({ locality }) => printLocality(locality));
  const groups = [...grouped].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, members]) => localityGroup(members));
  return balanceLocalities(groups, localityRule(choice.blocks, service, mesh), facts).map(
    ({ locality, priority, weight, endpoints: members }) => ({
      locality,
      priority,
      weight,
      endpoints: members.map(({ endpoint }) => endpoint),
    }),
  );
}

/** EP-1, EP-3, EP-4. */
function isOfCluster(endpoint: Endpoint, { port, subsetLabels, resolvesNames }: EndpointChoice): boolean {
  if (endpoint.portName !== port.name || endpoint.address === '') return false;
  if (!resolvesNames && endpoint.port !== 0 && !isIpAddress(endpoint.address)) return false;
  return selects(subsetLabels, endpoint.labels);
}

/**
 * EP-6 to EP-8: unhealthy ones are sent so that Envoy can count them, unless its panic threshold would then use them; a
 * service that asks clients to stay near wants them counted in any case.
 */
function isSent({ health }: Endpoint, { blocks }: EndpointChoice, service: Service): boolean {
  const mayPanic = (blocks.outlier?.minHealthPercent ?? 0) > 0 && service.trafficDistribution === undefined;
  if (health === 'unhealthy') return !mayPanic;
  return health !== 'terminating' && (health !== 'draining' || keepsDrainingHosts(service));
}

function localityGroup(members: readonly Endpoint[]): LocalityGroup[] {
  const [first] = members;
  if (first === undefined) return [];
  const endpoints = members.map((member): LabelledEndpoint => ({
    endpoint: lbEndpoint(member),
    labels: member.labels,
    weight: member.weight,
  }));
  return [{ locality: first.locality, priority: 0, weight: totalWeight(endpoints), endpoints }];
}

function lbEndpoint(endpoint: Endpoint): LbEndpoint {
  const { address, port, health, weight } = endpoint;
  return {
    address: port === 0 ? { type: 'pipe', path: address } : { type: 'socket', address, port },
    health: health === 'terminating' ? 'draining' : health,
    weight,
    workload: workloadName(endpoint),
  };
}

const CANONICAL_NAME = ['service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app'];
const CANONICAL_REVISION = ['service.istio.io/canonical-revision', 'app.kubernetes.io/version', 'version'];

/** EP-11: Istio's short form of who serves; the revision `latest` is the default and left out. */
function workloadName({ workload, namespace, labels, clusterId }: Endpoint): string {
  const first = (keys: readonly string[]): string | undefined =>
    keys.map((key) => labels[key]).find((v) => v !== undefined);
  const revision = first(CANONICAL_REVISION) ?? '';
  const name = first(CANONICAL_NAME) ?? workload;
  return [workload, namespace, name, revision === 'latest' ? '' : revision, clusterId].join(';');
}
