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
export const destination = z.strictObject({
  host: z
    .string()
    .exactOptional()
    .describe(
      'Name of the service that gets the traffic; a short name is completed with the namespace of this object.',
    ),
  subset: z.string().exactOptional().describe('A subset of that service, as a DestinationRule defines it.'),
  port: portSelector.exactOptional().describe('The port of that service; needed when it has several.'),
});

const headerOperations = z.strictObject({
  set: textMap.exactOptional().describe('Headers that replace what was there.'),
  add: textMap.exactOptional().describe('Headers that are added to what is there.'),
  remove: texts.exactOptional().describe('Names of headers that are taken out.'),
});

const headers = z.strictObject({
  request: headerOperations.exactOptional().describe('Changes to the request before it is sent on.'),
  response: headerOperations.exactOptional().describe('Changes to the response before it goes back.'),
});

const stringMatches = z.record(z.string(), stringMatch);

const httpMatchRequest = z.strictObject({
  name: z.string().exactOptional().describe('A name for this condition, which access logs and statistics may show.'),
  uri: stringMatch.exactOptional().describe('Condition on the path, without the query.'),
  scheme: stringMatch.exactOptional().describe('Condition on the scheme: http or https.'),
  method: stringMatch.exactOptional().describe('Condition on the method, such as GET.'),
  authority: stringMatch.exactOptional().describe('Condition on the Host or :authority header.'),
  headers: stringMatches
    .exactOptional()
    .describe('Conditions on headers by name; an empty condition asks only that the header is there.'),
  port: uint32.exactOptional().describe('The port that the request came to.'),
  sourceLabels: textMap.exactOptional().describe('Labels of the workloads to whose requests this applies.'),
  gateways: texts
    .exactOptional()
    .describe('Gateways to which this applies, in place of the list of the VirtualService.'),
  queryParams: stringMatches.exactOptional().describe('Conditions on parameters of the query by name.'),
  ignoreUriCase: z
    .boolean()
    .exactOptional()
    .describe('Whether exact and prefix conditions on the path overlook capitals.'),
  withoutHeaders: stringMatches.exactOptional().describe('Conditions on headers that must not hold.'),
  sourceNamespace: z.string().exactOptional().describe('Namespace of the workloads to whose requests this applies.'),
  statPrefix: z.string().exactOptional().describe('Prefix of statistics that are counted for this route apart.'),
});

const httpRouteDestination = z.strictObject({
  destination: destination.exactOptional().describe('Where this share of the requests goes.'),
  weight: int32.exactOptional().describe('Share of the requests, in relation to the sum of all weights.'),
  headers: headers.exactOptional().describe('Header changes for this destination alone.'),
});

const routeDestination = z.strictObject({
  destination: destination.exactOptional().describe('Where this share of the connections goes.'),
  weight: int32.exactOptional().describe('Share of the connections, in relation to the sum of all weights.'),
});

const httpRedirect = z.strictObject({
  uri: z.string().exactOptional().describe('The path to redirect to.'),
  authority: z.string().exactOptional().describe('The host to redirect to.'),
  port: uint32.exactOptional().describe('The port to redirect to.'),
  derivePort: z
    .enum(['FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT'])
    .exactOptional()
    .describe("Where the port comes from when none is written: the scheme's usual one, or the one of the request."),
  scheme: z.string().exactOptional().describe('The scheme to redirect to: http or https.'),
  redirectCode: uint32.exactOptional().describe('Status of the redirect; 301 unless it is said.'),
  prefixRewrite: z.string().exactOptional().describe('What replaces the prefix that the condition matched.'),
});

const httpDirectResponse = z.strictObject({
  status: uint32.exactOptional().describe('Status of the answer.'),
  body: z
    .strictObject({
      string: z.string().exactOptional().describe('The body as text.'),
      bytes: z.base64().exactOptional().describe('The body in base64.'),
    })
    .exactOptional()
    .describe('Body of the answer, in one of two forms.'),
});

const httpRewrite = z.strictObject({
  uri: z.string().exactOptional().describe('New path, or what replaces the prefix that the condition matched.'),
  authority: z.string().exactOptional().describe('New Host or :authority header.'),
  uriRegexRewrite: z
    .strictObject({
      match: z.string().exactOptional().describe('Regular expression (RE2 syntax) that finds what is replaced.'),
      rewrite: z.string().exactOptional().describe('What is put there; \\1 stands for the first group.'),
    })
    .exactOptional()
    .describe('Rewrites the path by a regular expression, in place of uri.'),
});

export const httpRetry = z.strictObject({
  attempts: int32.exactOptional().describe('How often a request is tried again; 0 turns retries off.'),
  perTryTimeout: duration
    .exactOptional()
    .describe('How long each try may take; the timeout of the route unless it is said.'),
  retryOn: z
    .string()
    .exactOptional()
    .describe("Which failures are tried again, in Envoy's words, separated by commas."),
  retryRemoteLocalities: z.boolean().exactOptional().describe('Whether tries may go to other localities.'),
  retryIgnorePreviousHosts: z
    .boolean()
    .exactOptional()
    .describe('Whether a try avoids the instances that failed before.'),
  backoff: duration.exactOptional().describe('The shortest wait before the first retry.'),
});

const corsPolicy = z.strictObject({
  allowOrigin: texts.exactOptional().describe('Deprecated, use allowOrigins: origins that may ask, letter for letter.'),
  allowOrigins: z.array(stringMatch).exactOptional().describe('Origins that may ask.'),
  allowMethods: texts.exactOptional().describe('Methods that a page of another origin may use.'),
  allowHeaders: texts.exactOptional().describe('Headers that a page of another origin may send.'),
  exposeHeaders: texts.exactOptional().describe('Headers of the response that a page of another origin may read.'),
  maxAge: duration.exactOptional().describe('How long a browser may remember the answer to its preflight request.'),
  allowCredentials: z.boolean().exactOptional().describe('Whether requests of other origins may carry credentials.'),
  unmatchedPreflights: z
    .enum(['UNSPECIFIED', 'FORWARD', 'IGNORE'])
    .exactOptional()
    .describe('Whether preflight requests of origins that are not allowed go on to the application.'),
});

const httpFaultInjection = z.strictObject({
  delay: z
    .strictObject({
      percent: int32.exactOptional().describe('Deprecated, use percentage: whole percent of the requests.'),
      fixedDelay: duration.exactOptional().describe('How long a request is held back.'),
      exponentialDelay: duration.exactOptional().describe('Not carried out by Istio either; use fixedDelay.'),
      percentage: percent.exactOptional().describe('Share of the requests that are held back.'),
    })
    .exactOptional()
    .describe('Holds requests back, as a slow network would.'),
  abort: z
    .strictObject({
      httpStatus: int32.exactOptional().describe('Status of the error.'),
      grpcStatus: z.string().exactOptional().describe('The error as a gRPC status, such as UNAVAILABLE.'),
      http2Error: z.string().exactOptional().describe('Not carried out by Istio either; use httpStatus or grpcStatus.'),
      percentage: percent.exactOptional().describe('Share of the requests that are answered so.'),
    })
    .exactOptional()
    .describe('Answers requests with an error, as a broken service would.'),
});

const httpMirrorPolicy = z.strictObject({
  destination: destination.exactOptional().describe('Who gets the copies.'),
  percentage: percent.exactOptional().describe('Share of the requests that are copied; all unless it is said.'),
});

const delegate = z.strictObject({
  name: z.string().exactOptional().describe('Name of the VirtualService that has the routes.'),
  namespace: z.string().exactOptional().describe('Its namespace; the one of this object unless it is said.'),
});

const httpRoute = z.strictObject({
  name: z.string().exactOptional().describe('A name for this route, which access logs may show.'),
  match: z
    .array(httpMatchRequest)
    .exactOptional()
    .describe('Conditions, one of which must hold; without any the route takes every request.'),
  route: z
    .array(httpRouteDestination)
    .exactOptional()
    .describe('Where the requests go, with the share of each destination.'),
  redirect: httpRedirect.exactOptional().describe('Answers with a redirect.'),
  directResponse: httpDirectResponse.exactOptional().describe('Answers by itself, without any service.'),
  delegate: delegate.exactOptional().describe('Leaves the routes to another VirtualService, one without hosts.'),
  rewrite: httpRewrite.exactOptional().describe('Changes path or host before the request is sent on.'),
  timeout: duration.exactOptional().describe('How long a request may take; none unless it is said.'),
  retries: httpRetry.exactOptional().describe('When and how often a failed request is tried again.'),
  fault: httpFaultInjection.exactOptional().describe('Failures made on purpose, for tests.'),
  mirror: destination.exactOptional().describe("Who gets a copy of the requests; the copies' answers are thrown away."),
  mirrors: z.array(httpMirrorPolicy).exactOptional().describe('Several who get copies, each with its share.'),
  mirrorPercent: uint32
    .exactOptional()
    .describe('Deprecated, use mirrorPercentage: whole percent of the requests that are copied.'),
  mirrorPercentage: percent.exactOptional().describe('Share of the requests that mirror copies.'),
  corsPolicy: corsPolicy.exactOptional().describe('What pages of other origins may ask.'),
  headers: headers.exactOptional().describe('Header changes for all destinations of this route.'),
});

const l4MatchAttributes = z.strictObject({
  destinationSubnets: texts.exactOptional().describe('Networks (CIDR) of the address that the connection was made to.'),
  port: uint32.exactOptional().describe('The port that the connection was made to.'),
  sourceSubnet: z.string().exactOptional().describe('Without effect, in Istio as well.'),
  sourceLabels: textMap.exactOptional().describe('Labels of the workloads to whose connections this applies.'),
  gateways: texts
    .exactOptional()
    .describe('Gateways to which this applies, in place of the list of the VirtualService.'),
  sourceNamespace: z.string().exactOptional().describe('Namespace of the workloads to whose connections this applies.'),
});

const tlsMatchAttributes = z.strictObject({
  sniHosts: texts
    .exactOptional()
    .describe('Server names (SNI) of the connection; each must be covered by a host of the VirtualService.'),
  destinationSubnets: texts.exactOptional().describe('Networks (CIDR) of the address that the connection was made to.'),
  port: uint32.exactOptional().describe('The port that the connection was made to.'),
  sourceLabels: textMap.exactOptional().describe('Labels of the workloads to whose connections this applies.'),
  gateways: texts
    .exactOptional()
    .describe('Gateways to which this applies, in place of the list of the VirtualService.'),
  sourceNamespace: z.string().exactOptional().describe('Namespace of the workloads to whose connections this applies.'),
});

const tlsRoute = z.strictObject({
  match: z.array(tlsMatchAttributes).exactOptional().describe('Conditions, one of which must hold.'),
  route: z
    .array(routeDestination)
    .exactOptional()
    .describe('Where the connections go, with the share of each destination.'),
});

const tcpRoute = z.strictObject({
  match: z
    .array(l4MatchAttributes)
    .exactOptional()
    .describe('Conditions, one of which must hold; without any the route takes every connection.'),
  route: z
    .array(routeDestination)
    .exactOptional()
    .describe('Where the connections go, with the share of each destination.'),
});

export const virtualServiceSpec = z
  .strictObject({
    hosts: texts
      .exactOptional()
      .describe('Hosts whose traffic this routes: names of services, other DNS names, or names that start with *.'),
    gateways: texts
      .exactOptional()
      .describe(
        'Gateways to which this applies, as name or namespace/name; mesh stands for all sidecars, and is meant when nothing is said.',
      ),
    http: z.array(httpRoute).exactOptional().describe('Routes of HTTP requests; the first that matches is taken.'),
    tls: z
      .array(tlsRoute)
      .exactOptional()
      .describe('Routes of TLS connections that are passed through, by server name.'),
    tcp: z.array(tcpRoute).exactOptional().describe('Routes of plain connections.'),
    exportTo: exportTo.exactOptional().describe('Namespaces that see this: names, . for its own, * for all.'),
  })
  .describe('How requests and connections to some hosts are routed.');

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
