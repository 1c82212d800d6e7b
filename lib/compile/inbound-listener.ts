import type { Noted } from '../base/issue.ts';
import { BLACK_HOLE_CLUSTER } from '../ir/cluster-name.ts';
import type { FilterChainIr, ListenerIr, NetworkFilterIr } from '../ir/listener.ts';
import type { ListenerView } from './listener-view.ts';
import { ANY_CONNECTION, httpManager, metadataExchange, PLAIN_CHAIN, tcpTo } from './filter-chains.ts';
import { inboundMatches, type InboundMatch } from './inbound-chain-matches.ts';
import { inboundInspectors } from './inbound-inspectors.ts';
import type { InboundPort } from './inbound-port.ts';
import { inboundPorts, otherPorts } from './inbound-ports.ts';
import { closedChain, closedPortsIssue, inboundMode, inboundTls } from './inbound-tls.ts';
import { listenerName, boundWildcards } from './listener-addresses.ts';
import { carriesOf } from './listener-conflicts.ts';
import { inboundRoutes } from './service-routes.ts';

/**
 * LS-22 to LS-24: one listener takes every connection that is redirected to the proxy because it was meant for the machine it
 * runs on; each port that a Sidecar wants opened has one of its own.
 */
export function inboundListeners(view: ListenerView): Noted<readonly ListenerIr[]> {
  const isIntercepting = view.facts.interception !== 'none';
  const { value: ports, issues } = inboundPorts(view);
  const opened = ports.flatMap((inbound) => openedListener(view, inbound));
  const redirected = ports.filter(({ openedAt }) => openedAt === undefined);
  const others = isIntercepting ? otherPorts(view, redirected) : [];
  const closed = [...others, ...ports].filter(({ port }) => inboundMode(view, port) === 'none');
  return {
    value: isIntercepting ? [virtualInbound(view, [...others, ...redirected]), ...opened] : opened,
    issues: [
      ...issues,
      ...closedPortsIssue(
        view,
        closed.map(({ port }) => port),
      ),
    ],
  };
}

function virtualInbound(view: ListenerView, ports: readonly InboundPort[]): ListenerIr {
  const { facts, mesh } = view;
  const chains = [blackHole(view), ...ports.flatMap((inbound) => portChains(view, inbound))];
  const isTransparent = facts.interception === 'tproxy';
  return {
    ...listenerBase(view, chains),
    name: 'virtualInbound',
    addresses: boundWildcards(facts),
    port: mesh.inboundPort,
    isTransparent,
    inspectors: [
      { type: 'original-destination' },
      ...(isTransparent ? [{ type: 'original-source' } as const] : []),
      ...inboundInspectors(chains),
    ],
  };
}

/** LS-24 */
function openedListener(view: ListenerView, inbound: InboundPort): readonly ListenerIr[] {
  const { openedAt, port } = inbound;
  if (openedAt === undefined) return [];
  const chains = portChains(view, inbound);
  return [{ ...listenerBase(view, chains), name: listenerName(openedAt[0], port), addresses: openedAt, port }];
}

function listenerBase(
  { facts, mesh }: ListenerView,
  chains: readonly FilterChainIr[],
): Omit<ListenerIr, 'name' | 'addresses' | 'port'> {
  return {
    direction: 'inbound',
    bindsPort: true,
    usesOriginalDestination: false,
    isTransparent: false,
    balancesWorkers: facts.balancesInbound,
    inspectors: inboundInspectors(chains),
    inspectionTimeout: mesh.protocolDetectionTimeout,
    continuesUninspected: true,
    bufferLimit: undefined,
    chains,
    defaultChain: undefined,
  };
}

/** Connections made to this very port were not redirected; passed on, they would come back here for ever. */
const blackHole = ({ facts, mesh }: ListenerView): FilterChainIr => ({
  ...PLAIN_CHAIN,
  name: 'virtualInbound-blackhole',
  match: { ...ANY_CONNECTION, destinationPort: mesh.inboundPort },
  filters: [...metadataExchange(facts), tcpTo(BLACK_HOLE_CLUSTER)],
});

function portChains(view: ListenerView, inbound: InboundPort): readonly FilterChainIr[] {
  const mode = inboundMode(view, inbound.port);
  if (mode === 'none') return [closedChain(inbound)];
  return inboundMatches(mode, carriesOf(inbound.protocol), view.facts.profile).map((match) => ({
    ...PLAIN_CHAIN,
    name: inbound.chainNames[match.carries],
    match: {
      ...ANY_CONNECTION,
      destinationPort: inbound.port,
      transport: match.transport,
      applicationProtocols: match.applicationProtocols,
    },
    source: inbound.source,
    tls: match.endsTls ? inboundTls(view, match.carries) : undefined,
    filters: [...metadataExchange(view.facts), ...protocolFilters(view, inbound, match)],
  }));
}

function protocolFilters(
  view: ListenerView,
  inbound: InboundPort,
  { carries }: InboundMatch,
): readonly NetworkFilterIr[] {
  const { cluster, protocol, hostname, servicePort } = inbound;
  if (carries === 'tcp') {
    const { asking, deciding } = view.authorization.tcp; // FC-3
    const proxy = { ...tcpTo(cluster), statPrefix: inbound.tcpStatPrefix, idleTimeout: view.facts.idleTimeout };
    const mongo = protocol === 'mongo' ? [{ type: 'mongo-proxy', statPrefix: proxy.statPrefix } as const] : [];
    return [...asking, ...deciding, ...mongo, proxy];
  }
  const routes = {
    by: 'value',
    value: inboundRoutes({ cluster, host: hostname, port: servicePort, protocol }, view.mesh),
  } as const;
  const servesGrpcWeb = protocol === 'grpc-web';
  return [
    httpManager(view, { listenerClass: 'sidecar-inbound', statPrefix: inbound.httpStatPrefix, routes, servesGrpcWeb }),
  ];
}
