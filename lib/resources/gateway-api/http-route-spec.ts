import { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import {
  filterFields,
  gatewayDuration,
  headerMatch,
  headerName,
  hostnames,
  listOf,
  parentRefs,
  portNumber,
  preciseHostname,
  ruleName,
  text,
  weightedBackendFields,
} from './route-shapes.ts';

/** Shape of an HTTPRoute: the standard channel of Gateway API 1.6, and `retry` of the experimental one. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'] as const;

const pathMatch = z.strictObject({
  type: z
    .enum(['Exact', 'PathPrefix', 'RegularExpression'])
    .exactOptional()
    .describe('How the path is compared; PathPrefix, which minds the parts between slashes, unless it is said.'),
  value: z.string().max(1024).exactOptional().describe('The path, or an expression (RE2 syntax); / unless it is said.'),
});

const queryParamMatch = z.strictObject({
  type: z
    .enum(['Exact', 'RegularExpression'])
    .exactOptional()
    .describe('How the value is compared; Exact unless it is said.'),
  name: headerName.describe('Name of the parameter; of several conditions on one name the first counts.'),
  value: text(1024).describe('The value, or a regular expression (RE2 syntax) for all of it.'),
});

const httpRouteMatch = z.strictObject({
  path: pathMatch.exactOptional().describe('Condition on the path.'),
  headers: listOf(headerMatch, 16).exactOptional().describe('Conditions on headers; all must hold.'),
  queryParams: listOf(queryParamMatch, 16)
    .exactOptional()
    .describe('Conditions on parameters of the query; all must hold.'),
  method: z.enum(methods).exactOptional().describe('Condition on the method.'),
});

const pathModifier = z.strictObject({
  type: z.enum(['ReplaceFullPath', 'ReplacePrefixMatch']).describe('What is replaced: all of the path, or the prefix.'),
  replaceFullPath: z.string().max(1024).exactOptional().describe('The new path.'),
  replacePrefixMatch: z
    .string()
    .max(1024)
    .exactOptional()
    .describe('What takes the place of the prefix that the condition matched.'),
});

const requestRedirect = z.strictObject({
  scheme: z.enum(['http', 'https']).exactOptional().describe("Scheme to redirect to; the request's unless it is said."),
  hostname: preciseHostname.exactOptional().describe("Host to redirect to; the request's unless it is said."),
  path: pathModifier.exactOptional().describe("Path to redirect to; the request's unless it is said."),
  port: portNumber
    .exactOptional()
    .describe("Port to redirect to; the scheme's usual one where a scheme is said, else the one of the listener."),
  statusCode: z
    .union(
      [z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)],
      'use one of 301, 302, 303, 307, 308',
    )
    .exactOptional()
    .describe('Status of the redirect; 302 unless it is said.'),
});

const urlRewrite = z.strictObject({
  hostname: preciseHostname.exactOptional().describe('New Host header of the request that is sent on.'),
  path: pathModifier.exactOptional().describe('New path of the request that is sent on.'),
});

const origin = text(253).regex(
  /^\*$|^https?:\/\/(((\*\.)?([a-zA-Z0-9-]+\.)*[a-zA-Z0-9-]+|\*)(:([0-9]{1,5}))?)$/,
  'must be "*" or an origin such as https://example.com or https://*.example.com',
);

const cors = z.strictObject({
  allowOrigins: listOf(origin, 64).exactOptional().describe('Origins that may ask; * for all.'),
  allowCredentials: z.boolean().exactOptional().describe('Whether requests of other origins may carry credentials.'),
  allowMethods: listOf(z.enum([...methods, '*']), 9)
    .exactOptional()
    .describe('Methods that a page of another origin may use.'),
  allowHeaders: listOf(headerName, 64).exactOptional().describe('Headers that a page of another origin may send.'),
  exposeHeaders: listOf(headerName, 64)
    .exactOptional()
    .describe('Headers of the response that a page of another origin may read.'),
  maxAge: z
    .int()
    .min(1)
    .exactOptional()
    .describe('How many seconds a browser may remember the answer to its preflight request; 5 unless it is said.'),
});

const httpRouteFilter = z.strictObject({
  type: z
    .enum([
      'RequestHeaderModifier',
      'ResponseHeaderModifier',
      'RequestMirror',
      'RequestRedirect',
      'URLRewrite',
      'ExtensionRef',
      'CORS',
    ])
    .describe('Which filter it is; the member of that name has its settings.'),
  ...filterFields,
  requestRedirect: requestRedirect.exactOptional().describe('Answers with a redirect.'),
  urlRewrite: urlRewrite.exactOptional().describe('Changes path or host before the request is sent on.'),
  cors: cors.exactOptional().describe('What pages of other origins may ask.'),
});

const httpBackendRef = z.strictObject({
  ...weightedBackendFields,
  filters: listOf(httpRouteFilter, 16)
    .exactOptional()
    .describe('Changes for this backend alone: RequestHeaderModifier and ResponseHeaderModifier.'),
});

const timeouts = z.strictObject({
  request: gatewayDuration.exactOptional().describe('How long the whole request may take; 0s for no limit.'),
  backendRequest: gatewayDuration
    .exactOptional()
    .describe('How long each try may take, where the rule has retry; else as request. Not longer than request.'),
});

const retry = z.strictObject({
  codes: z.array(z.int().min(400).max(599)).exactOptional().describe('Statuses that are tried again.'),
  attempts: z.int().min(0).exactOptional().describe('How often a request is tried again; 2 unless it is said.'),
  backoff: gatewayDuration.exactOptional().describe('The shortest wait before a retry.'),
});

const httpRouteRule = z.strictObject({
  name: ruleName.exactOptional().describe('A name for this rule, which access logs may show.'),
  matches: listOf(httpRouteMatch, 64)
    .exactOptional()
    .describe('Conditions, one of which must hold; without any the rule takes every request.'),
  filters: listOf(httpRouteFilter, 16).exactOptional().describe('What is done with the requests on their way.'),
  backendRefs: listOf(httpBackendRef, 16)
    .exactOptional()
    .describe('Where the requests go. Without any, and without a redirect, they are answered with 500.'),
  timeouts: timeouts.exactOptional().describe('How long a request may take.'),
  retry: retry.exactOptional().describe('When and how often a failed request is tried again.'),
});

export const httpRouteSpec = z
  .strictObject({
    parentRefs: parentRefs.exactOptional().describe('Gateways, listeners or services whose requests this routes.'),
    hostnames: hostnames
      .exactOptional()
      .describe(
        'Hosts whose requests this routes; all of the listener unless it is said. Without effect for a Service.',
      ),
    rules: z
      .array(httpRouteRule)
      .min(1, 'at least one rule is needed; leave rules out for one that takes every request')
      .max(16, 'at most 16 may be listed')
      .exactOptional()
      .describe('Rules; the most specific condition of all routes of a host wins, whatever the order.'),
  })
  .describe('How HTTP requests that come to gateways or services are routed.');

export type HttpRouteSpec = Immutable<z.infer<typeof httpRouteSpec>>;
export type HttpRouteRule = Immutable<z.infer<typeof httpRouteRule>>;
export type HttpRouteMatch = Immutable<z.infer<typeof httpRouteMatch>>;
export type HttpRouteFilter = Immutable<z.infer<typeof httpRouteFilter>>;
export type HttpBackendRef = Immutable<z.infer<typeof httpBackendRef>>;
export type PathMatch = Immutable<z.infer<typeof pathMatch>>;
export type PathModifier = Immutable<z.infer<typeof pathModifier>>;
export type RequestRedirect = Immutable<z.infer<typeof requestRedirect>>;
export type UrlRewrite = Immutable<z.infer<typeof urlRewrite>>;
export type CorsFilter = Immutable<z.infer<typeof cors>>;
