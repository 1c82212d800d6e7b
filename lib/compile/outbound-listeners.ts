import { unreachable } from '../base/unreachable.ts';
import { ipAddressKey } from '../base/ip-address.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { ListenerIr } from '../ir/listener.ts';
import { isTls } from '../model/protocol.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import { carriesOf, matchKey, mayMix, meeting } from './listener-conflicts.ts';
import { withDistinctSockets } from './listener-addresses.ts';
import { httpChain, tcpChain } from './outbound-chains.ts';
import type { Claim, OutboundEntry, OwnedChain } from './outbound-entry.ts';
import { finishListener } from './outbound-finish.ts';
import { outboundSockets } from './outbound-sockets.ts';
import { refusal } from './refused-ports.ts';

/**
 * LS-4 to LS-17: the listeners for what the proxy's own machine sends. Services come oldest first (SR-6), and where they
 * cannot share a socket the older one keeps it.
 */
export function outboundListeners(view: ProxyView): Noted<readonly ListenerIr[]> {
  const entries = new Map<string, OutboundEntry>();
  const issues: Issue[] = [];
  for (const visible of view.services) {
    for (const port of visible.service.ports) {
      if (port.protocol === 'udp') continue;
      for (const socket of outboundSockets(view.facts, visible, port)) {
        const claim = { visible, port, socket };
        const reason = refusal(view, port.number, socket) ?? admit(view, claim, entries);
        if (reason !== undefined) issues.push(conflict(claim, reason));
      }
    }
  }
  const listeners = [...entries.values()].map((entry) => finishListener(view, entry));
  return { value: withDistinctSockets(listeners), issues };
}

/** Adds a claim to the listener of its socket, or opens it; answers why not, where it cannot be. */
function admit(view: ProxyView, claim: Claim, entries: Map<string, OutboundEntry>): string | undefined {
  const { visible, port, socket } = claim;
  const { hostname } = visible.service;
  if (isTls(port.protocol) && socket.reach === 'wildcard' && isPartialWildcard(hostname)) {
    return `${hostname} cannot be told by the name that a TLS client asks for: a wildcard stands for whole labels, as in *.example.com`;
  }
  const key = `${ipAddressKey(socket.addresses[0])} ${port.number}`;
  const entry = entries.get(key);
  if (entry !== undefined) return join(view, claim, entry);
  const carries = carriesOf(port.protocol);
  // LS-8: at the wildcard address anything may arrive, except where a service says that it is a forward proxy (RD-17).
  const isSniffed = carries === 'http' && socket.reach === 'wildcard' && port.protocol !== 'http-proxy';
  const opened: OutboundEntry = {
    socket,
    port: port.number,
    carries: isSniffed ? 'auto' : carries,
    speaks: isSniffed ? 'mixed' : port.protocol,
    chains: new Map(),
  };
  for (const owned of chainsOf(view, claim)) addChain(owned, opened);
  entries.set(key, opened);
  return undefined;
}

function join(view: ProxyView, claim: Claim, entry: OutboundEntry): string | undefined {
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
      const lost = chainsOf(view, claim).map((owned) => addChain(owned, entry));
      return lost.find((reason) => reason !== undefined);
    }
    default:
      return unreachable(met);
  }
}

/** LS-11: of two chains for the same connections the older stays. */
function addChain(owned: OwnedChain, { chains }: OutboundEntry): string | undefined {
  const key = `${owned.carries} ${matchKey(owned.chain.match)}`;
  const rival = chains.get(key);
  if (rival === undefined) chains.set(key, owned);
  else if (owned.carries === 'tcp')
    return `nothing tells its connections from those to ${rival.hostname}, which keeps them`;
  return undefined;
}

function chainsOf(view: ProxyView, claim: Claim): OwnedChain[] {
  const { hostname } = claim.visible.service;
  const carries = carriesOf(claim.port.protocol);
  const chains: OwnedChain[] = [];
  if (carries !== 'http') chains.push({ carries: 'tcp', chain: tcpChain(view, claim), hostname });
  if (carries !== 'tcp') chains.push({ carries: 'http', chain: httpChain(view, claim), hostname });
  return chains;
}

/** Envoy matches server names by whole labels and refuses `*example.com`. */
const isPartialWildcard = (hostname: string): boolean => hostname.startsWith('*') && !hostname.startsWith('*.');

function conflict({ visible: { service }, port, socket }: Claim, reason: string): Issue {
  return {
    severity: 'warning',
    code: 'LISTENER_CONFLICT',
    resource: service.source,
    path: '',
    message: `port ${port.number} of ${service.hostname} loses on ${socket.addresses[0]}: ${reason}`,
  };
}
