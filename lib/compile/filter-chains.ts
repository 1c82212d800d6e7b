import { unreachable } from '../base/unreachable.ts';
import { durationMs } from '../base/brand.ts';
import type { DnsCacheIr } from '../ir/dns-cache.ts';
import type { HttpConnectionManagerIr, RouteSourceIr } from '../ir/http-connection-manager.ts';
import type { ChainMatchIr, FilterChainIr, NetworkFilterIr, TcpProxyIr } from '../ir/listener.ts';
import type { ListenerFacts, ListenerView } from './listener-view.ts';
import { connectionSettings, httpLimits, pathHandling } from './connection-settings.ts';
import { unknownHostsCache } from './dns-lookups.ts';
import { jwtAuthn } from './request-authentication.ts';
import { tracing } from './tracing.ts';
import { httpFilters, type ListenerClass } from './http-filter-order.ts';

/** Longest handshake that a client may take, against those who open connections and say nothing. Istio's default. */
const HANDSHAKE_TIMEOUT = durationMs(15_000);

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
  source: '',
  tellsSource: true,
};

/** The same with a limit on its handshake. */
export const TIMED_CHAIN: typeof PLAIN_CHAIN = { ...PLAIN_CHAIN, handshakeTimeout: HANDSHAKE_TIMEOUT };

/** A TCP proxy to one cluster, known to statistics under the cluster's name. */
export const tcpTo = (cluster: string): TcpProxyIr => ({
  type: 'tcp-proxy',
  statPrefix: cluster,
  target: { type: 'cluster', cluster },
  idleTimeout: undefined,
  maxConnectionDuration: undefined,
  hashesSourceIp: false,
  tunnel: undefined,
});

/** FC-1, FC-3; PROF-2 */
export const metadataExchange = ({ profile }: ListenerFacts): readonly NetworkFilterIr[] =>
  profile === 'istio-proxy' ? [{ type: 'metadata-exchange' }] : [];

export interface HttpChain {
  readonly listenerClass: ListenerClass;
  readonly statPrefix: string;
  readonly routes: RouteSourceIr;
  readonly servesGrpcWeb?: boolean;
  readonly acceptsAbsoluteUrls?: boolean;
  readonly dnsCaches?: readonly DnsCacheIr[];
}

type ByClass = Pick<
  HttpConnectionManagerIr,
  'serverName' | 'usesRemoteAddress' | 'trustedProxies' | 'clientCertificate'
>;

/** LS-20, LS-25, GW-29: what the place of a listener in the mesh says about its HTTP connections. */
function byClass(listenerClass: ListenerClass, { facts, mesh }: ListenerView): ByClass {
  const inside = { serverName: SERVER_NAME, usesRemoteAddress: false, trustedProxies: 0 };
  switch (listenerClass) {
    case 'sidecar-outbound':
      return { ...inside, serverName: '', clientCertificate: undefined };
    case 'sidecar-inbound':
      return { ...inside, clientCertificate: { mode: 'append-forward', addsCertificate: false } };
    case 'gateway': {
      const { trustedProxies, clientCertificates: mode } = facts.topology ?? mesh.routerTopology;
      const clientCertificate = mode === 'sanitize' ? undefined : { mode, addsCertificate: true };
      return { serverName: SERVER_NAME, usesRemoteAddress: true, trustedProxies, clientCertificate };
    }
    default:
      return unreachable(listenerClass);
  }
}

export function httpManager(view: ListenerView, chain: HttpChain): HttpConnectionManagerIr {
  const { facts, mesh } = view;
  const {
    listenerClass,
    statPrefix,
    routes,
    servesGrpcWeb = false,
    acceptsAbsoluteUrls = false,
    dnsCaches = [],
  } = chain;
  // Every client-side manager's routes end with those of unknown hosts (RD-14).
  const settings = connectionSettings(view);
  const unknown = listenerClass === 'sidecar-outbound' ? unknownHostsCache(view) : undefined;
  return {
    type: 'http-connection-manager',
    statPrefix: `${statPrefix};`, // the semicolon ends the name for Istio's statistics rules
    routes,
    filters: httpFilters({
      listenerClass,
      profile: facts.profile,
      servesGrpcWeb,
      authentication: jwtAuthn(view, listenerClass),
      ...view.authorization.http,
      dnsCaches: unknown ? [...dnsCaches, unknown] : dnsCaches,
    }),
    ...byClass(listenerClass, view),
    idleTimeout: settings.idleTimeout ?? facts.idleTimeout,
    paths: pathHandling(settings, mesh),
    limits: httpLimits(settings),
    acceptsHttp10: facts.acceptsHttp10,
    acceptsAbsoluteUrls,
    tracing: tracing(view),
  };
}
