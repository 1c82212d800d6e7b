import type { Service, ServicePort } from '../model/service.ts';
import type { LoadBalancing, Subset, TrafficPolicy } from '../model/traffic-policy.ts';
import type { VisibleService } from '../view/proxy-view.ts';
import { type MachineFacts, speaksMeshTls } from './mesh-tls.ts';

/** Names of ports, sorted. */
export type PlainPorts = readonly string[];

type PortsReader = Pick<VisibleService, 'service' | 'endpoints' | 'policy'> & {
  readonly facts: MachineFacts;
};

/**
 * MTLS-2: the ports of a service that have an instance without the mesh's TLS, or none at all, where connections pass through to
 * instances that nobody tells apart. Empty for every other service, whose clusters know each endpoint.
 */
export function plainPortsOf({ service, endpoints, policy, facts }: PortsReader): PlainPorts {
  if (!speaksMeshTls(facts) || !mayPassThrough(service, policy)) return NONE;
  return service.ports
    .filter(({ name }) => {
      const served = endpoints.filter(({ portName }) => portName === name);
      return served.length === 0 || served.some(({ tlsMode }) => tlsMode === 'disabled');
    })
    .map(({ name }) => name)
    .sort();
}

const NONE: readonly string[] = [];

const mayPassThrough = (service: Service, policy: TrafficPolicy | undefined): boolean =>
  isPassedThrough(service, policy, undefined) || (policy?.subsets ?? []).some(({ blocks }) => passesThrough(blocks.lb));

/** Whether connections of the service, or of a subset of it, pass through; what a port's own block says does not count. */
function isPassedThrough(
  { resolution }: Service,
  policy: TrafficPolicy | undefined,
  subset: Subset | undefined,
): boolean {
  const { lb } = (subset === undefined ? policy?.blocks : subset.blocks) ?? {};
  return resolution === 'passthrough' || resolution === 'headless' || passesThrough(lb);
}

const passesThrough = (lb: LoadBalancing | undefined): boolean => lb?.algorithm?.type === 'passthrough';

/** MTLS-1 to MTLS-4: whether servers of a port are thought to take the mesh's mutual TLS. */
export function takesMeshTls(
  {
    service,
    policy,
    mutualTls,
    plainPorts,
  }: Pick<VisibleService, 'service' | 'policy' | 'mutualTls'> & {
    readonly plainPorts: PlainPorts;
  },
  port: ServicePort,
  subset: Subset | undefined,
): boolean {
  if (isPassedThrough(service, policy, subset) && plainPorts.includes(port.name)) return false;
  return mutualTls !== 'disabled';
}
