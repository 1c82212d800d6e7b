import type { HttpFilterIr } from '../../ir/http-connection-manager.ts';
import type { ProtoJson } from '../envoy-resource.ts';
import { encodeAccess } from '../access-rules.ts';
import { encodeHttpAuthorizer } from '../authorizer.ts';
import { encodeDnsCache } from '../dns-cache.ts';
import { typedExtension } from '../typed-extension.ts';
import { encodeGrpcStats } from './grpc-stats.ts';
import { encodeIstioAlpn } from './istio-alpn.ts';
import { encodePeerMetadata } from './istio-peer-metadata.ts';
import { encodeJwtAuthn } from './jwt-authn.ts';

type FilterOf<T extends HttpFilterIr['type']> = Extract<HttpFilterIr, { readonly type: T }>;

/** One encoder per kind of HTTP filter: the compiler names the one that is missing. */
const HTTP_FILTER_ENCODERS: { readonly [T in HttpFilterIr['type']]: (filter: FilterOf<T>) => ProtoJson } = {
  'istio-metadata-exchange': encodePeerMetadata,
  'jwt-authn': encodeJwtAuthn,
  'istio-alpn': encodeIstioAlpn,
  'grpc-web': () => httpFilter('grpc_web', 'GrpcWeb'),
  'grpc-stats': encodeGrpcStats,
  fault: () => httpFilter('fault', 'HTTPFault'),
  cors: () => httpFilter('cors', 'Cors'),
  'dynamic-forward-proxy': ({ cache }) =>
    typedExtension(
      'envoy.filters.http.dynamic_forward_proxy',
      'envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig',
      { dnsCacheConfig: encodeDnsCache(cache) },
    ),
  access: (filter) =>
    typedExtension('envoy.filters.http.rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', encodeAccess(filter)),
  authorizer: (filter) =>
    typedExtension(
      'envoy.filters.http.ext_authz',
      'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz',
      encodeHttpAuthorizer(filter),
    ),
  router: () => httpFilter('router', 'Router'),
};

export function encodeHttpFilter<T extends HttpFilterIr['type']>(
  filter: FilterOf<T> & { readonly type: T },
): ProtoJson {
  return HTTP_FILTER_ENCODERS[filter.type](filter);
}

/** A filter of Envoy's own without settings; routes may carry settings for it. */
const httpFilter = (name: string, message: string): ProtoJson =>
  typedExtension(`envoy.filters.http.${name}`, `envoy.extensions.filters.http.${name}.v3.${message}`);
