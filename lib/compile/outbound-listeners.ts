import { unreachable } from '../base/unreachable.ts';
import { ipAddressKey } from '../base/ip-address.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { ListenedEgress, ListenedService, ListenerView } from './listener-view.ts';
import { carriesOf, mayMix, meeting, takeFree } from './listener-conflicts.ts';
import { withDistinctSockets } from './listener-addresses.ts';
import { isPartialWildcard } from './connection-filters.ts';
import { httpChain } from './outbound-http-chain.ts';
import { isToldByName, tcpChains, type ConnectionRouting } from './outbound-tcp-chains.ts';
import type { Claim, OutboundEntry, OwnedChain } from './outbound-entry.ts';
import { finishListener } from './outbound-finish.ts';
import { outboundSockets } from './outbound-sockets.ts';
import { refusal } from './refused-ports.ts';
import { servicesByHost } from './services-by-host.ts';

/**
 * LS-4 to LS-17: the listeners for what the proxy's own machine sends. Services come oldest first (SR-6), and where they
 * cannot share a socket the older one keeps it.
 */
export function outboundListeners(view: ListenerView): Noted<readonly ListenerIr[]> {
  const services = servicesByHost(view.services);
  const building: Building = { view, services, entries: new Map(), issues: [] };
  for (const listener of view.scope.egress) addListener(building, listener);
  const listeners = [...building.entries.values()].map((entry) => finishListener(view, entry));
  return { value: withDistinctSockets(listeners), issues: building.issues };
}

/** What has been opened so far. Lives only while one view's listeners are built. */
interface Building {
  readonly view: ListenerView;
  readonly services: ConnectionRouting['services'];
  readonly entries: Map<string, OutboundEntry>;
  readonly issues: Issue[];
}

/** What is built for one egress listener. */
interface Admitting extends Building {
  readonly listener: ListenedEgress;
}

function addListener(building: Building, listener: ListenedEgress): void {
  const { view, issues } = building;
  const admitting = { ...building, listener };
  for (const visible of listener.services) {
    for (const { port, servicePort } of claimedPorts(listener, visible)) {
      if (port.protocol === 'udp') continue;
      for (const socket of outboundSockets(listener, view.facts, { visible, port })) {
        const claim = { visible, port, servicePort, socket };
        const reason = refusal(view, port.number, socket) ?? admit(admitting, claim);
        if (reason !== undefined) issues.push(conflict(claim, reason));
      }
    }
  }
}

/** Each port of a service, or the one that its egress listener names; TCP of a unix socket can be meant for an only port. */
function claimedPorts(
  { port: named }: ListenedEgress,
  { service: { ports } }: ListenedService,
): readonly Pick<Claim, 'port' | 'servicePort'>[] {
  if (named === undefined) return ports.map((port) => ({ port, servicePort: port.number }));
  const [only, ...others] = ports;
  return [{ port: named, servicePort: only !== undefined && others.length === 0 ? only.number : named.number }];
}

/** Adds a claim to the listener of its socket, or opens it; answers why not, where it cannot be. */
function admit(building: Admitting, claim: Claim): string | undefined {
  const { visible, port, socket } = claim;
  const { hostname } = visible.service;
  if (isToldByName(claim) && isPartialWildcard(hostname)) {
    return `${hostname} cannot be told by the name that a TLS client asks for: a wildcard stands for whole labels, as in *.example.com`;
  }
  const key = `${ipAddressKey(socket.addresses[0])} ${port.number}`;
  const entry = building.entries.get(key);
  if (entry !== undefined && entry.openedBy !== building.listener && building.listener.port === undefined)
    return undefined; // LS-7
  if (entry !== undefined) return join(building, claim, entry);
  const carries = carriesOf(port.protocol);
  // LS-8: at the wildcard address anything may arrive, except where a service says that it is a forward proxy (RD-17).
  const isSniffed = carries === 'http' && socket.reach === 'wildcard' && port.protocol !== 'http-proxy';
  const opened: OutboundEntry = {
    socket,
    port: port.number,
    openedBy: building.listener,
    carries: isSniffed ? 'auto' : carries,
    speaks: isSniffed ? 'mixed' : port.protocol,
    chains: [],
    taken: new Map(),
  };
  building.entries.set(key, opened);
  return addChains(building, claim, opened);
}

function join(building: Admitting, claim: Claim, entry: OutboundEntry): string | undefined {
  const { protocol } = claim.port;
  const met = meeting(entry.carries, carriesOf(protocol));
  switch (met) {
    case 'share':
      return undefined;
    case 'merge':
    case 'sniff': {
      if (!mayMix(entry.speaks, protocol)) return `${entry.speaks} and ${protocol} cannot share a port`;
      if (met === 'sniff') {
        entry.carries = 'auto';
        entry.speaks = 'mixed';
      }
      return addChains(building, claim, entry);
    }
    default:
      return unreachable(met);
  }
}

function addChains(
  { view, services, listener, issues }: Admitting,
  claim: Claim,
  entry: OutboundEntry,
): string | undefined {
  const { hostname } = claim.visible.service;
  const carries = carriesOf(claim.port.protocol);
  const lost: (string | undefined)[] = [];
  if (carries !== 'http') {
    const tcp = tcpChains(view, { services, tables: listener.routeTables }, claim);
    issues.push(...tcp.issues);
    lost.push(...tcp.value.map((chain) => addChain({ carries: 'tcp', chain, hostname }, entry)));
  }
  if (carries !== 'tcp') lost.push(addChain({ carries: 'http', chain: httpChain(view, claim), hostname }, entry));
  return lost.find((reason) => reason !== undefined);
}

/** LS-11: of two chains for the same connections the older stays. */
function addChain({ carries, chain, hostname }: OwnedChain, { chains, taken }: OutboundEntry): string | undefined {
  if (carries === 'http') {
    if (chains.every((owned) => owned.carries === 'tcp')) chains.push({ carries, chain, hostname });
    return undefined;
  }
  const { match, rivals } = takeFree(chain.match, hostname, taken);
  if (match !== undefined) chains.push({ carries, chain: { ...chain, match }, hostname });
  const rival = rivals.find((each) => each !== hostname);
  if (rival === undefined) return undefined;
  return `nothing tells its connections from those to ${rival}, which keeps them`;
}

function conflict({ visible: { service }, port, socket }: Claim, reason: string): Issue {
  return {
    severity: 'warning',
    code: 'LISTENER_CONFLICT',
    resource: service.source,
    path: '',
    subject: `${service.hostname}:${port.number}`,
    message: `port ${port.number} of ${service.hostname} loses on ${socket.addresses[0]}: ${reason}`,
  };
}
