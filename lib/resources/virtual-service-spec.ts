import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import {
  duration,
  exportTo,
  int32,
  percent,
  portSelector,
  stringMatch,
  textMap,
  texts,
  uint32,
} from './field-shapes.ts';

/** Shape of a VirtualService, all of Istio's fields. Source: Istio's reference page "Virtual Service". */
const destination = z.strictObject({
  host: z.string().exactOptional(),
  subset: z.string().exactOptional(),
  port: portSelector.exactOptional(),
});

const headerOperations = z.strictObject({
  set: textMap.exactOptional(),
  add: textMap.exactOptional(),
  remove: texts.exactOptional(),
});

const headers = z.strictObject({
  request: headerOperations.exactOptional(),
  response: headerOperations.exactOptional(),
});

const stringMatches = z.record(z.string(), stringMatch);

const httpMatchRequest = z.strictObject({
  name: z.string().exactOptional(),
  uri: stringMatch.exactOptional(),
  scheme: stringMatch.exactOptional(),
  method: stringMatch.exactOptional(),
  authority: stringMatch.exactOptional(),
  headers: stringMatches.exactOptional(),
  port: uint32.exactOptional(),
  sourceLabels: textMap.exactOptional(),
  gateways: texts.exactOptional(),
  queryParams: stringMatches.exactOptional(),
  ignoreUriCase: z.boolean().exactOptional(),
  withoutHeaders: stringMatches.exactOptional(),
  sourceNamespace: z.string().exactOptional(),
  statPrefix: z.string().exactOptional(),
});

const httpRouteDestination = z.strictObject({
  destination: destination.exactOptional(),
  weight: int32.exactOptional(),
  headers: headers.exactOptional(),
});

const routeDestination = z.strictObject({
  destination: destination.exactOptional(),
  weight: int32.exactOptional(),
});

const httpRedirect = z.strictObject({
  uri: z.string().exactOptional(),
  authority: z.string().exactOptional(),
  port: uint32.exactOptional(),
  derivePort: z.enum(['FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT']).exactOptional(),
  scheme: z.string().exactOptional(),
  redirectCode: uint32.exactOptional(),
  prefixRewrite: z.string().exactOptional(),
});

const httpDirectResponse = z.strictObject({
  status: uint32.exactOptional(),
  /** One of the two; `bytes` is base64. */
  body: z.strictObject({ string: z.string().exactOptional(), bytes: z.base64().exactOptional() }).exactOptional(),
});

const httpRewrite = z.strictObject({
  uri: z.string().exactOptional(),
  authority: z.string().exactOptional(),
  uriRegexRewrite: z
    .strictObject({ match: z.string().exactOptional(), rewrite: z.string().exactOptional() })
    .exactOptional(),
});

export const httpRetry = z.strictObject({
  attempts: int32.exactOptional(),
  perTryTimeout: duration.exactOptional(),
  retryOn: z.string().exactOptional(),
  retryRemoteLocalities: z.boolean().exactOptional(),
  retryIgnorePreviousHosts: z.boolean().exactOptional(),
  backoff: duration.exactOptional(),
});

const corsPolicy = z.strictObject({
  /** Deprecated: exact origins. */
  allowOrigin: texts.exactOptional(),
  allowOrigins: z.array(stringMatch).exactOptional(),
  allowMethods: texts.exactOptional(),
  allowHeaders: texts.exactOptional(),
  exposeHeaders: texts.exactOptional(),
  maxAge: duration.exactOptional(),
  allowCredentials: z.boolean().exactOptional(),
  unmatchedPreflights: z.enum(['UNSPECIFIED', 'FORWARD', 'IGNORE']).exactOptional(),
});

const httpFaultInjection = z.strictObject({
  delay: z
    .strictObject({
      /** Deprecated: whole percent. */
      percent: int32.exactOptional(),
      fixedDelay: duration.exactOptional(),
      exponentialDelay: duration.exactOptional(),
      percentage: percent.exactOptional(),
    })
    .exactOptional(),
  abort: z
    .strictObject({
      httpStatus: int32.exactOptional(),
      grpcStatus: z.string().exactOptional(),
      http2Error: z.string().exactOptional(),
      percentage: percent.exactOptional(),
    })
    .exactOptional(),
});

const httpMirrorPolicy = z.strictObject({
  destination: destination.exactOptional(),
  percentage: percent.exactOptional(),
});

const delegate = z.strictObject({ name: z.string().exactOptional(), namespace: z.string().exactOptional() });

const httpRoute = z.strictObject({
  name: z.string().exactOptional(),
  match: z.array(httpMatchRequest).exactOptional(),
  route: z.array(httpRouteDestination).exactOptional(),
  redirect: httpRedirect.exactOptional(),
  directResponse: httpDirectResponse.exactOptional(),
  delegate: delegate.exactOptional(),
  rewrite: httpRewrite.exactOptional(),
  timeout: duration.exactOptional(),
  retries: httpRetry.exactOptional(),
  fault: httpFaultInjection.exactOptional(),
  mirror: destination.exactOptional(),
  mirrors: z.array(httpMirrorPolicy).exactOptional(),
  /** Deprecated: whole percent. */
  mirrorPercent: uint32.exactOptional(),
  mirrorPercentage: percent.exactOptional(),
  corsPolicy: corsPolicy.exactOptional(),
  headers: headers.exactOptional(),
});

const l4MatchAttributes = z.strictObject({
  destinationSubnets: texts.exactOptional(),
  port: uint32.exactOptional(),
  /** Accepted by Istio and without effect. */
  sourceSubnet: z.string().exactOptional(),
  sourceLabels: textMap.exactOptional(),
  gateways: texts.exactOptional(),
  sourceNamespace: z.string().exactOptional(),
});

const tlsMatchAttributes = z.strictObject({
  sniHosts: texts.exactOptional(),
  destinationSubnets: texts.exactOptional(),
  port: uint32.exactOptional(),
  sourceLabels: textMap.exactOptional(),
  gateways: texts.exactOptional(),
  sourceNamespace: z.string().exactOptional(),
});

const tlsRoute = z.strictObject({
  match: z.array(tlsMatchAttributes).exactOptional(),
  route: z.array(routeDestination).exactOptional(),
});

const tcpRoute = z.strictObject({
  match: z.array(l4MatchAttributes).exactOptional(),
  route: z.array(routeDestination).exactOptional(),
});

export const virtualServiceSpec = z.strictObject({
  hosts: texts.exactOptional(),
  gateways: texts.exactOptional(),
  http: z.array(httpRoute).exactOptional(),
  tls: z.array(tlsRoute).exactOptional(),
  tcp: z.array(tcpRoute).exactOptional(),
  exportTo: exportTo.exactOptional(),
});

export type VirtualServiceSpec = Immutable<z.infer<typeof virtualServiceSpec>>;
export type HttpRoute = Immutable<z.infer<typeof httpRoute>>;
export type HttpMatchRequest = Immutable<z.infer<typeof httpMatchRequest>>;
export type HttpRouteDestination = Immutable<z.infer<typeof httpRouteDestination>>;
export type Destination = Immutable<z.infer<typeof destination>>;
export type HttpRedirect = Immutable<z.infer<typeof httpRedirect>>;
export type HttpDirectResponse = Immutable<z.infer<typeof httpDirectResponse>>;
export type HttpRewrite = Immutable<z.infer<typeof httpRewrite>>;
export type HttpRetry = Immutable<z.infer<typeof httpRetry>>;
export type HttpFaultInjection = Immutable<z.infer<typeof httpFaultInjection>>;
export type CorsPolicy = Immutable<z.infer<typeof corsPolicy>>;
export type HeaderRewrites = Immutable<z.infer<typeof headers>>;
export type HeaderOperations = Immutable<z.infer<typeof headerOperations>>;
export type StringMatch = Immutable<z.infer<typeof stringMatch>>;
export type TlsRoute = Immutable<z.infer<typeof tlsRoute>>;
export type TcpRoute = Immutable<z.infer<typeof tcpRoute>>;
export type L4MatchAttributes = Immutable<z.infer<typeof l4MatchAttributes>>;
