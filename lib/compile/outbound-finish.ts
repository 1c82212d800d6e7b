import { durationMs } from '../base/brand.ts';
import type { FilterChainIr, ListenerFilterIr, ListenerIr, TcpProxyIr } from '../ir/listener.ts';
import type { ListenerView } from './listener-view.ts';
import { PLAIN_CHAIN, tcpTo } from './filter-chains.ts';
import { listenerName } from './listener-addresses.ts';
import { onlyPlainHttp } from './outbound-http-chain.ts';
import { unknownDestination } from './unknown-destination.ts';
import type { OutboundEntry } from './outbound-entry.ts';

/** The listener of an entry to which no more services come. */
export function finishListener(
  view: ListenerView,
  { socket: { addresses, bindsPort }, port, carries, chains }: OutboundEntry,
): ListenerIr {
  const { mesh } = view;
  const isSniffed = carries === 'auto';
  const finished = chains.map((owned) =>
    owned.carries === 'http' && isSniffed ? onlyPlainHttp(owned.chain) : owned.chain,
  );
  const inspectors = inspectorsOf(finished);
  const looksForHttp = inspectors.some(({ type }) => type === 'http-inspector');
  return {
    name: listenerName(addresses[0], port),
    addresses,
    port,
    direction: 'outbound',
    bindsPort,
    usesOriginalDestination: false,
    isTransparent: false,
    balancesWorkers: view.facts.balancesOutbound,
    inspectors,
    inspectionTimeout: looksForHttp ? mesh.protocolDetectionTimeout : durationMs(0), // LS-12
    continuesUninspected: true,
    bufferLimit: undefined,
    ...withDefault(finished, view),
  };
}

/** LS-13 */
function inspectorsOf(chains: readonly FilterChainIr[]): readonly ListenerFilterIr[] {
  const inspectors: ListenerFilterIr[] = [];
  const ports = { on: 'every-port' } as const;
  if (chains.some(({ match }) => match.serverNames.length > 0)) inspectors.push({ type: 'tls-inspector', ports });
  if (chains.some(({ match }) => match.applicationProtocols.length > 0))
    inspectors.push({ type: 'http-inspector', ports });
  return inspectors;
}

/**
 * LS-14: a chain that takes everything becomes the default, so that a connection that fits another chain only in part
 * still finds it; where there is none, what no chain takes goes where unknown destinations go.
 */
function withDefault(
  chains: readonly FilterChainIr[],
  view: ListenerView,
): Pick<ListenerIr, 'chains' | 'defaultChain'> {
  const special = chains.filter((chain) => !matchesAll(chain));
  const general = chains.find(matchesAll);
  if (special.length === 0) return { chains, defaultChain: undefined };
  return { chains: special, defaultChain: general ?? passthroughChain(view) };
}

const matchesAll = ({ match }: FilterChainIr): boolean =>
  match.serverNames.length === 0 &&
  match.applicationProtocols.length === 0 &&
  match.destinationRanges.length === 0 &&
  match.transport === '';

const passthroughChain = (view: ListenerView): FilterChainIr => ({
  ...PLAIN_CHAIN,
  name: 'PassthroughFilterChain',
  filters: [toUnknownDestination(view)],
});

/** Where connections go that are meant for no known service. */
export const toUnknownDestination = ({ facts, scope }: ListenerView): TcpProxyIr => ({
  ...tcpTo(unknownDestination(scope.outboundPolicy)),
  idleTimeout: facts.idleTimeout,
});
