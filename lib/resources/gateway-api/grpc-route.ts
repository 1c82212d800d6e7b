import type { KindDefinition } from '../kind-definition.ts';
import { checkGrpcRoute } from './grpc-route-checks.ts';
import { grpcRouteSpec } from './grpc-route-spec.ts';

/** GRPCRoute: how gRPC calls that come to gateways or services are routed. */
export const grpcRoute = {
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1alpha2'],
  plural: 'grpcroutes',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: grpcRouteSpec,
  validate: checkGrpcRoute,
} satisfies KindDefinition<typeof grpcRouteSpec>;
