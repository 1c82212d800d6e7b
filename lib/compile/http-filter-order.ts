import type { HttpFilterIr } from '../ir/http-connection-manager.ts';
import type { DnsCacheIr } from '../ir/dns-cache.ts';
import type { PlacedFilters } from './authorization.ts';
import type { Profile } from '../view/proxy-facts.ts';

/** Where an HTTP listener stands: which filters it has depends on it (FC-2, FC-4, FC-6). */
export type ListenerClass = 'sidecar-inbound' | 'sidecar-outbound' | 'gateway';

const METADATA_FROM_CLIENT: HttpFilterIr = { type: 'istio-metadata-exchange', side: 'server' };
const METADATA_FROM_SERVER: HttpFilterIr = { type: 'istio-metadata-exchange', side: 'client' };
const ALPN: HttpFilterIr = { type: 'istio-alpn' };
const GRPC_WEB: HttpFilterIr = { type: 'grpc-web' };
const GRPC_STATS: HttpFilterIr = { type: 'grpc-stats' };
const FAULT: HttpFilterIr = { type: 'fault' };
const CORS: HttpFilterIr = { type: 'cors' };
const ROUTER: HttpFilterIr = { type: 'router' };

/** Where filters stand that depend on the view, by the member of `HttpFilterNeeds` that holds them. */
type Slot = 'asking' | 'authentication' | 'deciding';

/**
 * Every HTTP filter in the order in which it sees a request (FC-2, FC-4, FC-6). Fault and CORS are always there: routes
 * carry the settings for them (RT-29).
 */
const ORDER: Readonly<Record<ListenerClass, readonly (HttpFilterIr | Slot)[]>> = {
  'sidecar-inbound': [
    METADATA_FROM_CLIENT,
    'asking',
    'authentication',
    'deciding',
    GRPC_WEB,
    GRPC_STATS,
    FAULT,
    CORS,
    ROUTER,
  ],
  'sidecar-outbound': [METADATA_FROM_SERVER, GRPC_WEB, GRPC_STATS, ALPN, FAULT, CORS, ROUTER],
  gateway: [
    METADATA_FROM_SERVER,
    'asking',
    'authentication',
    'deciding',
    GRPC_WEB,
    GRPC_STATS,
    ALPN,
    FAULT,
    CORS,
    ROUTER,
  ],
};

/** Filters that only Istio's build of Envoy has: stock Envoy rejects the whole listener (PROF-2, FC-11). */
const ISTIO_ONLY: ReadonlySet<HttpFilterIr['type']> = new Set<HttpFilterIr['type']>([
  'istio-metadata-exchange',
  'istio-alpn',
]);

export interface HttpFilterNeeds extends PlacedFilters {
  readonly listenerClass: ListenerClass;
  readonly profile: Profile;
  readonly servesGrpcWeb: boolean;
  /** The check of tokens, if there is one. */
  readonly authentication: readonly HttpFilterIr[];
  /** Caches of the services that are found by requests (CL-2). */
  readonly dnsCaches: readonly DnsCacheIr[];
}

export function httpFilters(needs: HttpFilterNeeds): readonly HttpFilterIr[] {
  const { listenerClass, profile, servesGrpcWeb, dnsCaches } = needs;
  const filters = ORDER[listenerClass]
    .flatMap((filter) => (typeof filter === 'string' ? needs[filter] : [filter]))
    .filter(
      ({ type }) => (profile === 'istio-proxy' || !ISTIO_ONLY.has(type)) && (servesGrpcWeb || type !== 'grpc-web'),
    );
  const lookups = dnsCaches.map((cache): HttpFilterIr => ({ type: 'dynamic-forward-proxy', cache }));
  return [...filters.slice(0, -1), ...lookups, ...filters.slice(-1)]; // the router answers, so it stays the last
}
