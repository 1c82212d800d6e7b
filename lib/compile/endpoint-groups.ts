import { isIpAddress } from '../base/ip-address.ts';
import { selects, type Labels } from '../base/labels.ts';
import { printLocality, type Locality } from '../base/locality.ts';
import type { EndpointGroup, LbEndpoint } from '../ir/endpoints.ts';
import type { Endpoint, Service, ServicePort } from '../model/service.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { PolicyBlocks } from '../model/traffic-policy.ts';
import {
  balanceLocalities,
  localityRule,
  totalWeight,
  type ClientPlace,
  type LabelledEndpoint,
  type LocalityGroup,
} from './locality-balancing.ts';

/** An endpoint of a service with what each of the service's clusters asks about it, found out once. */
export interface Candidate extends LabelledEndpoint {
  readonly portName: string;
  readonly health: Endpoint['health'];
  readonly locality: Locality;
  readonly localityName: string;
  /** Whether a policy says that it takes plain text alone. */
  readonly isSwitchedOff: boolean;
  /** Whether its address is a name that somebody has to resolve. */
  readonly isName: boolean;
}

/** Endpoints that have an address. */
export function candidatesOf(endpoints: readonly Endpoint[]): readonly Candidate[] {
  return endpoints
    .filter(({ address }) => address !== '')
    .map((endpoint) => ({
      endpoint: lbEndpoint(endpoint),
      labels: endpoint.labels,
      weight: endpoint.weight,
      portName: endpoint.portName,
      health: endpoint.health,
      isSwitchedOff: endpoint.tlsMode === 'switched-off',
      locality: endpoint.locality,
      localityName: printLocality(endpoint.locality),
      isName: endpoint.port !== 0 && !isIpAddress(endpoint.address),
    }));
}

/** What decides which endpoints a cluster has. */
export interface EndpointChoice {
  readonly service: Service;
  readonly port: ServicePort;
  /** Empty takes every endpoint of the port (EP-4). */
  readonly subsetLabels: Labels;
  readonly blocks: PolicyBlocks;
  /** Whether host names may stand as addresses: only where the proxy resolves them itself (EP-3, EP-16). */
  readonly resolvesNames: boolean;
  /** Whether endpoints that take the mesh's mutual TLS say so (EP-12). */
  readonly marksMeshTls: boolean;
  /** Whether the client's policy asks for it, whatever is said of the endpoints. */
  readonly asksForMeshTls: boolean;
  /** Which endpoints may be used: those alone that take the mesh's TLS where a connection comes with it (EP-14). */
  readonly takes: 'all' | 'mesh-tls' | 'none';
}

/** Services whose sessions stay with an endpoint keep it while it drains (EP-8). */
const PERSISTENT_SESSION_LABEL = 'istio.io/persistent-session';
export const keepsDrainingHosts = ({ labels }: Service): boolean => (labels[PERSISTENT_SESSION_LABEL] ?? '') !== '';

/** The endpoints of one cluster as this client should use them: filtered, grouped by locality, ranked and weighted. */
export function endpointGroups(
  candidates: readonly Candidate[],
  choice: EndpointChoice,
  { place, mesh }: { readonly place: ClientPlace; readonly mesh: MeshSettings },
): readonly EndpointGroup[] {
  const usable = candidates
    .filter((candidate) => isOfCluster(candidate, choice) && isSent(candidate, choice))
    .map((candidate) => marked(candidate, choice));
  const grouped = Map.groupBy(usable, ({ localityName }) => localityName);
  const groups = [...grouped].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, members]) => localityGroup(members));
  return balanceLocalities(groups, localityRule(choice.blocks, choice.service, mesh), place).map(
    ({ locality, priority, weight, endpoints: members }) => ({
      locality,
      priority,
      weight,
      endpoints: members.map(({ endpoint }) => endpoint),
    }),
  );
}

function marked(candidate: Candidate, choice: EndpointChoice): Candidate {
  const { endpoint } = candidate;
  if (!endpoint.acceptsMeshTls || (choice.marksMeshTls && isWilling(candidate, choice))) return candidate;
  return { ...candidate, endpoint: { ...endpoint, acceptsMeshTls: false } };
}

/** MTLS-9: where the client's own policy asks for mutual TLS, nobody asks what the server says. */
const isWilling = ({ isSwitchedOff }: Candidate, { asksForMeshTls }: EndpointChoice): boolean =>
  asksForMeshTls || !isSwitchedOff;

/** EP-1, EP-3, EP-4. */
function isOfCluster(candidate: Candidate, choice: EndpointChoice): boolean {
  const { port, subsetLabels, resolvesNames, takes } = choice;
  if (takes === 'none') return false;
  if (takes === 'mesh-tls' && !(candidate.endpoint.acceptsMeshTls && isWilling(candidate, choice))) return false;
  if (candidate.portName !== port.name || (candidate.isName && !resolvesNames)) return false;
  return selects(subsetLabels, candidate.labels);
}

/**
 * EP-6 to EP-8: unhealthy ones are sent so that Envoy can count them, unless its panic threshold would then use them; a
 * service that asks clients to stay near wants them counted in any case.
 */
function isSent({ health }: Candidate, { blocks, service }: EndpointChoice): boolean {
  const mayPanic = (blocks.outlier?.minHealthPercent ?? 0) > 0 && service.trafficDistribution === undefined;
  if (health === 'unhealthy') return !mayPanic;
  return health !== 'terminating' && (health !== 'draining' || keepsDrainingHosts(service));
}

function localityGroup(members: readonly Candidate[]): LocalityGroup[] {
  const [first] = members;
  if (first === undefined) return [];
  return [{ locality: first.locality, priority: 0, weight: totalWeight(members), endpoints: members }];
}

function lbEndpoint(endpoint: Endpoint): LbEndpoint {
  const { address, port, health, weight } = endpoint;
  return {
    address: port === 0 ? { type: 'pipe', path: address } : { type: 'socket', address, port },
    health: health === 'terminating' ? 'draining' : health,
    weight,
    workload: workloadName(endpoint),
    acceptsMeshTls: endpoint.tlsMode !== 'disabled',
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
