import { ipAddressKey } from '../base/ip-address.ts';
import type { Issue, Noted } from '../base/issue.ts';
import { inboundCluster } from '../ir/cluster-name.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { IngressListener } from '../model/sidecar.ts';
import { documentPath } from './document-path.ts';
import type { InboundPort } from './inbound-port.ts';
import { boundWildcards, FIRST_FREE_PORT, listenerName } from './listener-addresses.ts';
import type { ListenerFacts, ListenerView } from './listener-view.ts';
import { sidecarService } from './sidecar-service.ts';
import { statPrefix } from './stat-name.ts';

/** LS-24, SC-21: the ports that a Sidecar names, each once, sorted. What the proxy uses itself, or may not open, is left out (LS-30). */
export function ingressPorts(view: ListenerView): Noted<readonly InboundPort[]> {
  const ports = new Map<number, InboundPort>();
  const issues: Issue[] = [];
  for (const [index, listener] of view.scope.ingress.entries()) {
    const { number } = listener.port;
    const reason = refusal(view, listener) ?? (ports.has(number) ? 'an earlier listener has it already' : undefined);
    if (reason === undefined) ports.set(number, ingressPort(view, listener));
    else issues.push(left(view, index, `port ${number} is not listened on: ${reason}`));
  }
  return { value: [...ports.values()].sort((a, b) => a.port - b.port), issues };
}

/** Whether the proxy opens the port, instead of being handed what is redirected. */
const isOpened = ({ interception }: Pick<ListenerFacts, 'interception'>, { capture }: IngressListener): boolean =>
  capture === 'none' || (capture === 'default' && interception === 'none');

function refusal({ facts, mesh }: ListenerView, listener: IngressListener): string | undefined {
  const { number } = listener.port;
  const opened = isOpened(facts, listener);
  const [address] = addressesOf(facts, listener);
  const isEverywhere = !opened || ipAddressKey(address) === ipAddressKey(boundWildcards(facts)[0]);
  if (isEverywhere && [mesh.outboundPort, mesh.inboundPort, ...facts.reservedPorts].includes(number)) {
    return 'the proxy uses it itself';
  }
  return opened && facts.isUnprivileged && number < FIRST_FREE_PORT
    ? `the proxy may not bind ports below ${FIRST_FREE_PORT}`
    : undefined;
}

/** SC-21: where the Sidecar says, else at the workload's own address, so that the application may have the port on loopback. */
function addressesOf(facts: ListenerFacts, { bind }: IngressListener): ListenerIr['addresses'] {
  if (bind !== '') return [bind];
  return facts.ownAddress.first === '' ? boundWildcards(facts) : [facts.ownAddress.first];
}

function ingressPort(view: ListenerView, listener: IngressListener): InboundPort {
  const { facts, mesh, scope } = view;
  const { port } = listener;
  const addresses = addressesOf(facts, listener);
  const name = listenerName(addresses[0], port.number);
  const cluster = inboundCluster(port.number);
  const service = sidecarService(scope.sidecar?.name ?? '', facts.namespace);
  return {
    port: port.number,
    protocol: port.protocol,
    cluster,
    chainNames: { http: name, tcp: name },
    httpStatPrefix: `inbound_${name}`,
    tcpStatPrefix: statPrefix(cluster, mesh.inboundStatName, { service, port, subset: '', targetPort: port.number }),
    servicePort: port.number,
    hostname: service.hostname,
    source: scope.sidecar === undefined ? '' : documentPath(scope.sidecar.source),
    openedAt: isOpened(facts, listener) ? addresses : undefined,
  };
}

function left({ scope }: ListenerView, index: number, message: string): Issue {
  return {
    severity: 'warning',
    code: 'INBOUND_CONFLICT',
    ...(scope.sidecar !== undefined && { resource: scope.sidecar.source }),
    path: `spec.ingress[${index}].port`,
    message,
  };
}
