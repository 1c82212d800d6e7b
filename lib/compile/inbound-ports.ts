import type { Issue, Noted } from '../base/issue.ts';
import { INBOUND_PASSTHROUGH_CLUSTER, inboundCluster } from '../ir/cluster-name.ts';
import type { OwnInstance } from '../view/proxy-view.ts';
import type { InboundPort } from './inbound-port.ts';
import { ingressPorts } from './ingress-ports.ts';
import { instancesByPort } from './instances-by-port.ts';
import { boundWildcards, listenerName } from './listener-addresses.ts';
import type { ListenerView } from './listener-view.ts';
import { statPrefix } from './stat-name.ts';

/** SC-20, LS-22, LS-24: what the Sidecar names, else the ports of the proxy's own services where these are redirected to it. */
export function inboundPorts(view: ListenerView): Noted<readonly InboundPort[]> {
  if (view.scope.ingress.length > 0) return ingressPorts(view);
  if (view.facts.interception === 'none') return { value: [], issues: [] };
  const own = instancesByPort(view);
  return { value: own.value.map((instance) => ownPort(view, instance)), issues: own.issues satisfies readonly Issue[] };
}

/**
 * The ports that no service of the proxy has: one entry for them all, and one for each of which a policy says something of its own
 * (PA-20). What comes to the listener's own port goes nowhere whatever is said of it.
 */
export function otherPorts(
  { mesh, mutualTls }: ListenerView,
  declared: readonly InboundPort[],
): readonly InboundPort[] {
  const taken = new Set([mesh.inboundPort, ...declared.map(({ port }) => port)]);
  const named = mutualTls.ports.filter(({ port }) => !taken.has(port));
  return [otherPort(0), ...named.map(({ port }) => otherPort(port))];
}

const otherPort = (port: number): InboundPort => ({
  port,
  protocol: 'auto',
  cluster: INBOUND_PASSTHROUGH_CLUSTER,
  chainNames: { http: 'virtualInbound-catchall-http', tcp: 'virtualInbound' },
  httpStatPrefix: INBOUND_PASSTHROUGH_CLUSTER,
  tcpStatPrefix: INBOUND_PASSTHROUGH_CLUSTER,
  servicePort: 0,
  hostname: '',
  source: '',
  openedAt: undefined,
});

function ownPort({ facts, mesh }: ListenerView, { service, port, targetPort }: OwnInstance): InboundPort {
  const name = listenerName(boundWildcards(facts)[0], targetPort);
  const cluster = inboundCluster(targetPort);
  return {
    port: targetPort,
    protocol: port.protocol,
    cluster,
    chainNames: { http: name, tcp: name },
    httpStatPrefix: `inbound_${name}`,
    tcpStatPrefix: statPrefix(cluster, mesh.inboundStatName, { service, port, subset: '', targetPort }),
    servicePort: port.number,
    hostname: service.hostname,
    source: '',
    openedAt: undefined,
  };
}
