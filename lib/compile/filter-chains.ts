import { durationMs } from '../base/brand.ts';
import type { HttpConnectionManagerIr, RouteSourceIr } from '../ir/http-connection-manager.ts';
import type { ChainMatchIr, FilterChainIr, TcpProxyIr } from '../ir/listener.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import { httpFilters, type ListenerClass } from './http-filter-order.ts';

/** Longest handshake that a client may take, against those who open connections and say nothing. Istio's default. */
export const HANDSHAKE_TIMEOUT = durationMs(15_000);

/** What HTTP in plain text looks like to the HTTP inspector. */
export const PLAIN_HTTP = ['http/1.1', 'h2c'];

/** The value of the `server` header of responses, where a proxy answers for a server. */
const SERVER_NAME = 'istio-envoy';

/** Matches every connection. */
export const ANY_CONNECTION: ChainMatchIr = {
  destinationPort: 0,
  destinationRanges: [],
  serverNames: [],
  transport: '',
  applicationProtocols: [],
};

/** A chain without a name, transport security or a limit on its handshake, to be changed member by member. */
export const PLAIN_CHAIN: Omit<FilterChainIr, 'filters'> = {
  name: '',
  match: ANY_CONNECTION,
  tls: undefined,
  handshakeTimeout: undefined,
};

/** A TCP proxy to one cluster, known to statistics under the cluster's name. */
export const tcpTo = (cluster: string): TcpProxyIr => ({
  type: 'tcp-proxy',
  statPrefix: cluster,
  cluster,
  idleTimeout: undefined,
  maxConnectionDuration: undefined,
  hashesSourceIp: false,
});

export interface HttpChain {
  readonly listenerClass: ListenerClass;
  readonly statPrefix: string;
  readonly routes: RouteSourceIr;
  readonly servesGrpcWeb?: boolean;
  readonly acceptsAbsoluteUrls?: boolean;
}

/** LS-20, LS-25, GW-29: what the place of a listener in the mesh says about its HTTP connections. */
const BY_CLASS: Readonly<
  Record<ListenerClass, Pick<HttpConnectionManagerIr, 'serverName' | 'usesRemoteAddress' | 'clientCertificate'>>
> = {
  'sidecar-outbound': { serverName: '', usesRemoteAddress: false, clientCertificate: undefined },
  'sidecar-inbound': {
    serverName: SERVER_NAME,
    usesRemoteAddress: false,
    clientCertificate: { mode: 'append-forward', addsCertificate: false },
  },
  gateway: {
    serverName: SERVER_NAME,
    usesRemoteAddress: true,
    clientCertificate: { mode: 'sanitize-set', addsCertificate: true },
  },
};

export function httpManager({ facts, mesh }: ProxyView, chain: HttpChain): HttpConnectionManagerIr {
  const { listenerClass, statPrefix, routes, servesGrpcWeb = false, acceptsAbsoluteUrls = false } = chain;
  return {
    type: 'http-connection-manager',
    statPrefix: `${statPrefix};`, // the semicolon ends the name for Istio's statistics rules
    routes,
    filters: httpFilters({ listenerClass, profile: facts.profile, servesGrpcWeb }),
    ...BY_CLASS[listenerClass],
    idleTimeout: facts.idleTimeout,
    pathNormalization: mesh.pathNormalization,
    acceptsAbsoluteUrls,
    forwards100Continue: !acceptsAbsoluteUrls,
  };
}
