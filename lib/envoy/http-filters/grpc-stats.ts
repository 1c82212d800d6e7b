import type { ProtoJson } from '../envoy-resource.ts';
import { typedExtension } from '../typed-extension.ts';

/** Counts messages of gRPC streams, for all methods together: names of methods come from clients and have no bound. */
export function encodeGrpcStats(): ProtoJson {
  return typedExtension('envoy.filters.http.grpc_stats', 'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig', {
    emitFilterState: true,
    statsForAllMethods: false,
  });
}
