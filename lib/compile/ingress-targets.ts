import { unreachable } from '../base/unreachable.ts';
import type { ClusterDiscovery } from '../ir/cluster.ts';
import type { IngressListener, WorkloadEndpoint } from '../model/sidecar.ts';
import type { OwnClustersSubject } from './cluster-subjects.ts';
import { atAddress, staticAt, whereItWasGoing, type InboundTarget } from './inbound-target.ts';
import { serviceName } from './outbound-clusters.ts';
import { sidecarService } from './sidecar-service.ts';

/** CL-9: where the ports lead that a Sidecar names, each once; one whose endpoint nobody can read leads nowhere. */
export function ingressTargets(subject: OwnClustersSubject): readonly InboundTarget[] {
  const byPort = new Map<number, InboundTarget>();
  for (const listener of subject.scope.ingress) {
    const target = byPort.has(listener.port.number) ? undefined : targetOf(listener, subject);
    if (target !== undefined) byPort.set(target.port, target);
  }
  return [...byPort.values()];
}

function targetOf(listener: IngressListener, subject: OwnClustersSubject): InboundTarget | undefined {
  const { port, endpoint, pool } = listener;
  const { facts, scope } = subject;
  const discovery = discoveryOf(endpoint, listener, facts);
  if (discovery === undefined) return undefined;
  const own = subject.instances.find(({ targetPort }) => targetPort === port.number);
  return {
    port: port.number,
    servicePort: { name: port.name, number: port.number, protocol: port.protocol },
    service: own?.service ?? sidecarService(scope.sidecar?.name ?? '', facts.namespace),
    policy: own?.policy,
    pool: pool ?? scope.inboundPool,
    isExternal: own === undefined || own.service.isMeshExternal,
    named: own === undefined || own.service.isMeshExternal ? [] : [serviceName(own.service)],
    discovery,
    isLocal: endpoint.at === 'loopback',
  };
}

type Facts = OwnClustersSubject['facts'];

function discoveryOf(
  endpoint: WorkloadEndpoint,
  { capture }: IngressListener,
  facts: Facts,
): ClusterDiscovery | undefined {
  switch (endpoint.at) {
    case 'unreadable':
      return undefined;
    case 'destination':
      return whereItWasGoing();
    case 'socket':
      return staticAt({ type: 'pipe', path: endpoint.path });
    case 'loopback':
      return atAddress(loopback(endpoint.family, facts.ipFamily), endpoint.port);
    case 'workload': {
      const address = facts.ownAddress[endpoint.family];
      const { first } = facts.ownAddress;
      // VIEW-5: what was redirected was meant for the workload's address, whatever that is.
      if (first === '' && capture !== 'none') return whereItWasGoing(endpoint.port);
      return atAddress(address === '' ? loopback(endpoint.family, endpoint.family) : address, endpoint.port);
    }
    default:
      return unreachable(endpoint);
  }
}

/** The loopback address of the family that is written, as far as the proxy has it. */
function loopback(family: 'v4' | 'v6', has: Facts['ipFamily']): string {
  const isV6 = has === 'dual' ? family === 'v6' : has === 'v6';
  return isV6 ? '::1' : '127.0.0.1';
}
