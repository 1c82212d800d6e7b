import { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import {
  filterFields,
  headerMatch,
  hostnames,
  listOf,
  parentRefs,
  ruleName,
  weightedBackendFields,
} from './route-shapes.ts';

/** Shape of a GRPCRoute: the standard channel of Gateway API 1.6. */
const methodMatch = z.strictObject({
  type: z
    .enum(['Exact', 'RegularExpression'])
    .exactOptional()
    .describe('How service and method are compared; Exact unless it is said.'),
  service: z.string().max(1024).exactOptional().describe('Full name of the gRPC service; any unless it is said.'),
  method: z.string().max(1024).exactOptional().describe('Name of the method; any unless it is said.'),
});

const grpcRouteMatch = z.strictObject({
  method: methodMatch.exactOptional().describe('Condition on the gRPC service and method.'),
  headers: listOf(headerMatch, 16).exactOptional().describe('Conditions on headers; all must hold.'),
});

const grpcRouteFilter = z.strictObject({
  type: z
    .enum(['ResponseHeaderModifier', 'RequestHeaderModifier', 'RequestMirror', 'ExtensionRef'])
    .describe('Which filter it is; the member of that name has its settings.'),
  ...filterFields,
});

const grpcBackendRef = z.strictObject({
  ...weightedBackendFields,
  filters: listOf(grpcRouteFilter, 16)
    .exactOptional()
    .describe('Changes for this backend alone: RequestHeaderModifier and ResponseHeaderModifier.'),
});

const grpcRouteRule = z.strictObject({
  name: ruleName.exactOptional().describe('A name for this rule, which access logs may show.'),
  matches: listOf(grpcRouteMatch, 64)
    .exactOptional()
    .describe('Conditions, one of which must hold; without any the rule takes every call.'),
  filters: listOf(grpcRouteFilter, 16).exactOptional().describe('What is done with the calls on their way.'),
  backendRefs: listOf(grpcBackendRef, 16)
    .exactOptional()
    .describe('Where the calls go. Without any they are answered with an error.'),
});

export const grpcRouteSpec = z
  .strictObject({
    parentRefs: parentRefs.exactOptional().describe('Gateways, listeners or services whose calls this routes.'),
    hostnames: hostnames
      .exactOptional()
      .describe('Hosts whose calls this routes; all of the listener unless it is said. Without effect for a Service.'),
    rules: listOf(grpcRouteRule, 16)
      .exactOptional()
      .describe('Rules; the most specific condition of all routes of a host wins, whatever the order.'),
  })
  .describe('How gRPC calls that come to gateways or services are routed.');

export type GrpcRouteSpec = Immutable<z.infer<typeof grpcRouteSpec>>;
export type GrpcRouteRule = Immutable<z.infer<typeof grpcRouteRule>>;
export type GrpcRouteMatch = Immutable<z.infer<typeof grpcRouteMatch>>;
