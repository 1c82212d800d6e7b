import type { Issue, Noted } from '../base/issue.ts';
import { BLACK_HOLE_CLUSTER, INBOUND_PASSTHROUGH_CLUSTER, inboundCluster } from '../ir/cluster-name.ts';
import type { DownstreamTlsIr, FilterChainIr, ListenerIr, NetworkFilterIr } from '../ir/listener.ts';
import type { Protocol } from '../model/protocol.ts';
import type { OwnInstance } from '../view/proxy-view.ts';
import type { ListenerView } from './listener-view.ts';
import { ANY_CONNECTION, httpManager, metadataExchange, PLAIN_CHAIN, tcpTo } from './filter-chains.ts';
import { INBOUND_MATCHES, type InboundMatch, type InboundTlsMode } from './inbound-chain-matches.ts';
import { inboundInspectors } from './inbound-inspectors.ts';
import { instancesByPort } from './instances-by-port.ts';
import { listenerName, boundWildcards } from './listener-addresses.ts';
import { carriesOf } from './listener-conflicts.ts';
import { inboundRoutes } from './service-routes.ts';
import { statPrefix } from './stat-name.ts';

/** Connections to one port, or, with port 0, to every port that no service of the proxy has. */
interface InboundPort {
  readonly port: number;
  readonly protocol: Protocol;
  readonly cluster: string;
  readonly chainNames: { readonly http: string; readonly tcp: string };
  readonly httpStatPrefix: string;
  readonly tcpStatPrefix: string;
  /** Of the service port, for the virtual host and for traces. */
  readonly servicePort: number;
  readonly hostname: string;
}

/** LS-22, LS-23: takes every connection that is redirected to the proxy because it was meant for the machine it runs on. */
export function virtualInboundListener(view: ListenerView): Noted<ListenerIr> {
  const { facts, mesh } = view;
  const own = instancesByPort(view);
  const chains = [
    blackHole(view),
    ...portChains(view, everyOtherPort()),
    ...own.value.flatMap((instance) => portChains(view, ownPort(view, instance))),
  ];
  const isTransparent = facts.interception === 'tproxy';
  return {
    value: {
      name: 'virtualInbound',
      addresses: boundWildcards(facts),
      port: mesh.inboundPort,
      direction: 'inbound',
      bindsPort: true,
      usesOriginalDestination: false,
      isTransparent,
      inspectors: [
        { type: 'original-destination' },
        ...(isTransparent ? [{ type: 'original-source' } as const] : []),
        ...inboundInspectors(chains),
      ],
      inspectionTimeout: mesh.protocolDetectionTimeout,
      continuesUninspected: true,
      chains,
      defaultChain: undefined,
    },
    issues: own.issues satisfies readonly Issue[],
  };
}

/** Connections made to this very port were not redirected; passed on, they would come back here for ever. */
const blackHole = ({ facts, mesh }: ListenerView): FilterChainIr => ({
  ...PLAIN_CHAIN,
  name: 'virtualInbound-blackhole',
  match: { ...ANY_CONNECTION, destinationPort: mesh.inboundPort },
  filters: [...metadataExchange(facts), tcpTo(BLACK_HOLE_CLUSTER)],
});

const everyOtherPort = (): InboundPort => ({
  port: 0,
  protocol: 'auto',
  cluster: INBOUND_PASSTHROUGH_CLUSTER,
  chainNames: { http: 'virtualInbound-catchall-http', tcp: 'virtualInbound' },
  httpStatPrefix: INBOUND_PASSTHROUGH_CLUSTER,
  tcpStatPrefix: INBOUND_PASSTHROUGH_CLUSTER,
  servicePort: 0,
  hostname: '',
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
  };
}

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
  certificateSecrets: ['default'],
  clients: {
    trustSecret: 'ROOTCA',
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
