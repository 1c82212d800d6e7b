import type { StageMemory } from '../base/stage-memory.ts';
import type { Endpoint, Service } from '../model/service.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';
import type { SidecarScope } from '../view/sidecar-scope.ts';
import type { OwnInstance, ProxyView, ViewFacts, VisibleService } from '../view/proxy-view.ts';
import { ANYWHERE, clientPlaces } from './client-place.ts';
import { type EndpointPolicy, endpointPolicy } from './endpoint-policy.ts';
import type { ClientPlace } from './locality-balancing.ts';
import { speaksMeshTls } from './mesh-tls.ts';
import { canBePassedOn, passesOn } from './passed-on.ts';
import { type PlainPorts, plainPortsOf } from './plain-ports.ts';

/** What the clusters of a service may know of the proxy that has them. */
export type ClusterFacts = EndpointFacts & Pick<ViewFacts, 'profile' | 'identityDirectory' | 'ipFamily'>;

/** A cluster has one name, whatever else its service is called (SR-19). */
type WithoutNames = Omit<VisibleService, 'aliases'>;

/** All that the clusters of one service depend on. */
export interface ClustersSubject extends WithoutNames {
  /** Empty where the clusters find them by EDS: a change of them then is none of the clusters'. */
  readonly endpoints: readonly Endpoint[];
  /** Of a service to whose instances connections pass through: where not every one is known to take the mesh's TLS (MTLS-2). */
  readonly plainPorts: PlainPorts;
  /** Whether the router hands connections on to it as well, by the name that they ask for (CL-8). */
  readonly isPassedOn: boolean;
  readonly facts: ClusterFacts;
  readonly place: ClientPlace;
  readonly mesh: MeshSettings;
}

/** What the endpoints of a service may know of the proxy that has them. */
export interface EndpointFacts extends Pick<ViewFacts, 'type'> {
  readonly speaksMeshTls: boolean;
}

/** All that the endpoints of one service, as EDS tells them, depend on. */
export interface EndpointsSubject extends Pick<VisibleService, 'service' | 'endpoints'> {
  readonly policy: EndpointPolicy | undefined;
  readonly isPassedOn: boolean;
  readonly facts: EndpointFacts;
  readonly place: ClientPlace;
  readonly mesh: MeshSettings;
}

/** All that those clusters of a proxy depend on which belong to no service that it calls. */
export interface OwnClustersSubject {
  readonly instances: readonly OwnInstance[];
  readonly facts: Pick<ViewFacts, 'type' | 'profile' | 'ipFamily' | 'namespace' | 'interception' | 'ownAddress'>;
  readonly mesh: MeshSettings;
  readonly scope: Omit<SidecarScope, 'egress'>;
}

/** Cuts out of a view what the clusters and the endpoints of one service may look at. */
export interface ClusterSubjects {
  clusters(visible: VisibleService): ClustersSubject;
  endpoints(visible: VisibleService): EndpointsSubject;
}

export function clusterSubjects(
  { facts, mesh, gateway }: Pick<ProxyView, 'facts' | 'mesh' | 'gateway'>,
  memory: StageMemory,
): ClusterSubjects {
  const handsOn = passesOn(gateway);
  const { type, profile, identityDirectory, ipFamily, locality, selectedLabels, hasLabels } = facts;
  const ofClusters: ClusterFacts = memory.same({
    type,
    profile,
    identityDirectory,
    ipFamily,
    speaksMeshTls: speaksMeshTls(facts),
  });
  const ofEndpoints = memory.same({ type, speaksMeshTls: speaksMeshTls(facts) });
  const policyOfEndpoints = (policy: TrafficPolicy): EndpointPolicy =>
    memory.derived('what endpoints read of a policy', policy, (whole) => memory.same(endpointPolicy(whole)));
  const placeOf = clientPlaces({ locality, selectedLabels, hasLabels }, mesh, memory);
  return {
    clusters: ({ service, endpoints, policy, mutualTls }) => {
      const ports = plainPortsOf({ service, endpoints, policy, facts: ofClusters });
      const plainPorts = ports.length === 0 ? NO_PORTS : memory.same(ports);
      const isPassedOn = handsOn && canBePassedOn(service);
      const shared = { service, policy, mutualTls, plainPorts, isPassedOn, facts: ofClusters, mesh };
      if (!resolvesNames(service)) return { ...shared, endpoints: NONE, place: ANYWHERE };
      return { ...shared, endpoints, place: placeOf({ service, policy }) };
    },
    endpoints: ({ service, endpoints, policy }) => {
      const place = placeOf({ service, policy });
      const isPassedOn = handsOn && canBePassedOn(service);
      const shared = { service, facts: ofEndpoints, mesh, endpoints, place, isPassedOn };
      return { ...shared, policy: policy && policyOfEndpoints(policy) };
    },
  };
}

export function ownClustersSubject({ instances, facts, mesh, scope }: ProxyView): OwnClustersSubject {
  const { type, namespace, interception, ipFamily, profile, ownAddress } = facts;
  const { egress: _egress, ...settings } = scope;
  const hasIngress = scope.ingress.length > 0;
  return {
    instances,
    // The namespace names what no service has; proxies of all namespaces share what does not say it.
    facts: { type, namespace: hasIngress ? namespace : '', interception, ipFamily, profile, ownAddress },
    mesh,
    scope: hasIngress ? settings : { ...settings, sidecar: undefined },
  };
}

/** Whether the proxy finds a service's hosts by their names, so that its clusters hold them (EP-3). */
export const resolvesNames = ({ resolution }: Pick<Service, 'resolution'>): boolean =>
  resolution === 'dns' || resolution === 'dns-round-robin';

const NONE: readonly Endpoint[] = [];
const NO_PORTS: readonly string[] = [];
