import type { CorsIr, FaultIr, RouteIr } from '../ir/route-configuration.ts';
import { encodeDuration } from './duration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeShare } from './share.ts';
import { encodeStringMatch } from './string-match.ts';

/** What single HTTP filters do on one route; without effect unless the listener has these filters (RT-29). */
export function encodeRouteFilters({ fault, cors }: Pick<RouteIr, 'fault' | 'cors'>): ProtoJson {
  if (fault === undefined && cors === undefined) return {};
  return {
    typedPerFilterConfig: {
      ...(cors !== undefined && { 'envoy.filters.http.cors': encodeCors(cors) }),
      ...(fault !== undefined && { 'envoy.filters.http.fault': encodeFault(fault) }),
    },
  };
}

function encodeFault({ delay, abort }: FaultIr): ProtoJson {
  return {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault',
    ...(delay !== undefined && {
      delay: { fixedDelay: encodeDuration(delay.duration), percentage: encodeShare(delay.share) },
    }),
    ...(abort !== undefined && {
      abort: {
        ...('http' in abort.status ? { httpStatus: abort.status.http } : { grpcStatus: abort.status.grpc }),
        ...(abort.share !== undefined && { percentage: encodeShare(abort.share) }),
      },
    }),
  };
}

function encodeCors(cors: CorsIr): ProtoJson {
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAge, allowsCredentials } = cors;
  return {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy',
    ...(allowOrigins.length > 0 && { allowOriginStringMatch: allowOrigins.map(encodeStringMatch) }),
    ...(allowMethods !== '' && { allowMethods }),
    ...(allowHeaders !== '' && { allowHeaders }),
    ...(exposeHeaders !== '' && { exposeHeaders }),
    ...(maxAge !== '' && { maxAge }),
    ...(allowsCredentials !== undefined && { allowCredentials: allowsCredentials }),
    filterEnabled: { defaultValue: { numerator: 100 } },
    forwardNotMatchingPreflights: cors.forwardsUnmatchedPreflights,
  };
}
