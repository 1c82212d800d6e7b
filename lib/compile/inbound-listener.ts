import type { Noted } from '../base/issue.ts';
import { BLACK_HOLE_CLUSTER } from '../ir/cluster-name.ts';
import type { DownstreamTlsIr, FilterChainIr, ListenerIr, NetworkFilterIr } from '../ir/listener.ts';
import { MESH_ROOTS, OWN_CERTIFICATE } from '../model/credential.ts';
import type { ListenerView } from './listener-view.ts';
import { ANY_CONNECTION, httpManager, metadataExchange, PLAIN_CHAIN, tcpTo } from './filter-chains.ts';
import { INBOUND_MATCHES, type InboundMatch, type InboundTlsMode } from './inbound-chain-matches.ts';
import { inboundInspectors } from './inbound-inspectors.ts';
import type { InboundPort } from './inbound-port.ts';
import { everyOtherPort, inboundPorts } from './inbound-ports.ts';
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
  return { value: isIntercepting ? [virtualInbound(view, redirected), ...opened] : opened, issues };
}

function virtualInbound(view: ListenerView, ports: readonly InboundPort[]): ListenerIr {
  const { facts, mesh } = view;
  const chains = [
    blackHole(view),
    ...portChains(view, everyOtherPort()),
    ...ports.flatMap((inbound) => portChains(view, inbound)),
  ];
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
  return INBOUND_MATCHES[mutualTlsMode(view)][carriesOf(inbound.protocol)].map((match) => ({
    ...PLAIN_CHAIN,
    name: inbound.chainNames[match.carries],
    match: {
      ...ANY_CONNECTION,
      destinationPort: inbound.port,
      transport: match.transport,
      applicationProtocols: match.applicationProtocols,
    },
    source: inbound.source,
    tls: match.endsTls ? meshTls(view, match) : undefined,
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
    const proxy = { ...tcpTo(cluster), statPrefix: inbound.tcpStatPrefix, idleTimeout: view.facts.idleTimeout };
    return protocol === 'mongo' ? [{ type: 'mongo-proxy', statPrefix: proxy.statPrefix }, proxy] : [proxy];
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

/** docs/spec-deviations.md: a stock Envoy has no workload certificate yet, so mutual TLS cannot end at it. */
const mutualTlsMode = ({ facts }: ListenerView): InboundTlsMode =>
  facts.profile === 'istio-proxy' ? 'permissive' : 'disabled';

/** Istio's choice for mesh traffic (ITLS-7); TLS 1.3 has suites of its own that cannot be chosen. */
const CIPHER_SUITES = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
];

/** ITLS-6 to ITLS-9 */
const meshTls = ({ mesh }: ListenerView, { carries }: InboundMatch): DownstreamTlsIr => ({
  certificates: [{ from: 'secret', name: OWN_CERTIFICATE }],
  clients: {
    roots: { from: 'secret', name: MESH_ROOTS },
    uriPrefixes: trustDomains(mesh).map((domain) => `spiffe://${domain}/`),
    names: [],
    keyHashes: [],
    certificateHashes: [],
    acceptsUntrusted: false,
    revocationList: '',
  },
  requiresClientCertificate: true,
  applicationProtocols: carries === 'http' ? ['h2', 'http/1.1'] : ['istio-peer-exchange', 'h2', 'http/1.1'],
  minimumVersion: '1.2',
  maximumVersion: '1.3',
  cipherSuites: CIPHER_SUITES,
});

const trustDomains = ({ trustDomain, trustDomainAliases }: ListenerView['mesh']): readonly string[] =>
  [...new Set([trustDomain, ...trustDomainAliases])].filter((domain) => domain !== '');
