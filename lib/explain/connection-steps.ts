import { parseClusterName } from '../ir/cluster-name.ts';
import type { FilterChainIr, ListenerIr } from '../ir/listener.ts';
import type { VisibleService } from '../view/proxy-view.ts';
import type { Reason, Step } from './explanation.ts';
import type { Journey } from './follow-call.ts';
import { gatewaysAt, lostGateways } from './lost-gateways.ts';
import type { Sight } from './sight.ts';

/** Which listener and which of its chains took the connection, and whose they are. */
export function connectionSteps(sight: Sight, journey: Journey): readonly Step[] {
  const { listener, chain, request } = journey;
  const isRouter = sight.view.gateway !== undefined;
  const port = listener?.port ?? request.port;
  const step: Step = {
    part: 'listener',
    name: listener?.name ?? '',
    decision: listener === undefined ? notListening(isRouter, port) : takenBy(listener),
    decidedBy: listener === undefined ? [] : ownersOf(sight, listener),
    lost: isRouter ? lostGateways(sight, port) : [],
    passedOver: [],
  };
  if (listener === undefined) return [step];
  return listener.chains.length + Number(listener.defaultChain !== undefined) > 1 || chain === undefined
    ? [step, chainStep(sight, listener, chain)]
    : [step];
}

const notListening = (isRouter: boolean, port: number): string =>
  isRouter
    ? `no Gateway opens port ${port} on this proxy`
    : `nothing listens on port ${port}, and nothing takes the rest`;

function takenBy({ usesOriginalDestination, addresses, port }: ListenerIr): string {
  if (usesOriginalDestination) return 'no listener has the address: the one for everything else takes the connection';
  return `it listens on ${addresses.map((address) => `${address}:${port}`).join(' and ')}`;
}

/** How many services of a port that many share are named. */
const NAMED_SERVICES = 5;

function ownersOf(sight: Sight, listener: ListenerIr): readonly Reason[] {
  const { view } = sight;
  if (view.gateway !== undefined) return gatewaysAt(view.gateway, listener);
  if (listener.direction === 'inbound') {
    return view.instances.map(({ service, port, targetPort }) => ({
      resource: service.source,
      reason: `the proxy serves its port ${port.number} at port ${targetPort}`,
    }));
  }
  const owners = view.services.filter((visible) => isServedAt(visible, listener));
  return owners.slice(0, NAMED_SERVICES).map(({ service }) => ({
    resource: service.source,
    reason: `it has port ${listener.port}`,
  }));
}

function isServedAt(
  { service: { ports, addresses } }: VisibleService,
  { port, addresses: bound }: ListenerIr,
): boolean {
  const isWildcard = bound.some((address) => address === '0.0.0.0' || address === '::');
  return ports.some(({ number }) => number === port) && (isWildcard || addresses.some((each) => bound.includes(each)));
}

function chainStep({ view }: Sight, listener: ListenerIr, chain: FilterChainIr | undefined): Step {
  const step = { part: 'chain', name: chain?.name ?? '', decidedBy: [], lost: [], passedOver: [] } as const;
  if (chain === undefined) return { ...step, decision: 'no chain matches: the connection is closed' };
  const target = chain.filters.at(-1);
  const cluster = target?.type === 'tcp-proxy' && target.target.type === 'cluster' ? target.target.cluster : '';
  const { hostname } = parseClusterName(cluster);
  const visible = view.services.find(({ service }) => service.hostname === hostname);
  return {
    ...step,
    decision: chain === listener.defaultChain ? 'no other chain matches' : `it takes ${matched(chain)}`,
    decidedBy: visible === undefined ? [] : [{ resource: visible.service.source, reason: `it leads to ${hostname}` }],
  };
}

function matched({ match }: FilterChainIr): string {
  const { destinationPort, destinationRanges, serverNames, transport, applicationProtocols } = match;
  const parts = [
    ...(destinationPort === 0 ? [] : [`port ${destinationPort}`]),
    ...(destinationRanges.length === 0
      ? []
      : [destinationRanges.map(({ address, bits }) => `${address}/${bits}`).join(', ')]),
    ...(serverNames.length === 0 ? [] : [`the server name ${serverNames.join(', ')}`]),
    ...(transport === '' ? [] : [transport === 'tls' ? 'TLS' : 'plain text']),
    ...(applicationProtocols.length === 0 ? [] : [`protocol ${applicationProtocols.join(', ')}`]),
  ];
  return parts.length === 0 ? 'every connection' : parts.join(' with ');
}
