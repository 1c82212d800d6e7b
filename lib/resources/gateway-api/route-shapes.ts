import { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';

/**
 * Shapes that the route kinds of the Gateway API share, with the limits that their definitions set. Source: Gateway API 1.6,
 * "API specification". What a field means when it is absent is said in its description and decided where it is read.
 */
const DNS_LABELS = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

export const text = (most: number): z.ZodString =>
  z.string().min(1, 'must not be empty').max(most, `must have at most ${most} characters`);

export const listOf = <Item extends z.ZodType>(item: Item, most: number): z.ZodArray<Item> =>
  z.array(item).max(most, `at most ${most} may be listed`);

const dnsName = 'must be a name of small letters, digits, dashes and dots';
const groupName = z
  .string()
  .max(253)
  .regex(new RegExp(`^$|^${DNS_LABELS}$`), dnsName);
const kindName = text(63).regex(/^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/, 'must be a kind such as Service or Gateway');
const objectName = text(253);
const namespaceName = text(63).regex(
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  'must be a namespace: small letters, digits and dashes',
);
const sectionName = text(253).regex(new RegExp(`^${DNS_LABELS}$`), dnsName);
export const portNumber = z
  .int()
  .min(1, 'a port is a number from 1 to 65535')
  .max(65535, 'a port is a number from 1 to 65535');
/** May begin with `*.`. */
export const hostname = text(253).regex(
  new RegExp(`^(\\*\\.)?${DNS_LABELS}$`),
  'must be a host name in small letters, which may begin with "*."',
);
export const preciseHostname = text(253).regex(new RegExp(`^${DNS_LABELS}$`), 'must be a host name without wildcards');
export const headerName = text(256).regex(
  /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/,
  'must be a header name: letters, digits and the signs that HTTP allows',
);
export const gatewayDuration = z
  .string()
  .regex(/^([0-9]{1,5}(h|m|s|ms)){1,4}$/, 'must be a duration such as 10s, 1m30s or 250ms');

const parentRef = z.strictObject({
  group: groupName.exactOptional().describe('API group of the parent; gateway.networking.k8s.io unless it is said.'),
  kind: kindName
    .exactOptional()
    .describe('Gateway (the default), ListenerSet, or Service and ServiceEntry for the traffic inside the mesh.'),
  namespace: namespaceName
    .exactOptional()
    .describe('Namespace of the parent; the one of this route unless it is said.'),
  name: objectName.describe('Name of the parent.'),
  sectionName: sectionName.exactOptional().describe('One listener of the parent; all of them unless it is said.'),
  port: portNumber.exactOptional().describe('Only listeners of this port, or only this port of a service.'),
});

export const parentRefs = listOf(parentRef, 32);

export const hostnames = listOf(hostname, 16);

/** What a reference to a backend says, whatever it is for. */
const backendFields = {
  group: groupName
    .exactOptional()
    .describe('API group of the backend; empty (the default) for a Service, networking.istio.io for a Hostname.'),
  kind: kindName
    .exactOptional()
    .describe('Service (the default), or Hostname for any host that a ServiceEntry describes.'),
  name: objectName.describe('Name of the service, or the host.'),
  namespace: namespaceName
    .exactOptional()
    .describe('Namespace of the service; another one than that of the route has to allow it by a ReferenceGrant.'),
  port: portNumber.exactOptional().describe('Port of the service; needed for a Service.'),
};

const backendObject = z.strictObject(backendFields);

export const weightedBackendFields = {
  ...backendFields,
  weight: z
    .int()
    .min(0)
    .max(1_000_000)
    .exactOptional()
    .describe('Share in relation to the sum of all weights of the rule; 1 unless it is said, 0 for none.'),
};

export const backendRef = z.strictObject(weightedBackendFields);

const header = z.strictObject({
  name: headerName.describe('Name of the header, in which capitals do not count.'),
  value: text(4096).describe('Value of the header.'),
});

const headerModifier = z.strictObject({
  set: listOf(header, 16).exactOptional().describe('Headers that replace what was there.'),
  add: listOf(header, 16).exactOptional().describe('Headers that are added to what is there.'),
  remove: listOf(z.string(), 16).exactOptional().describe('Names of headers that are taken out.'),
});

const requestMirror = z.strictObject({
  backendRef: backendObject.describe('Who gets the copies; the answers to them are thrown away.'),
  percent: z.int().min(0).max(100).exactOptional().describe('Share of the requests in percent; all unless it is said.'),
  fraction: z
    .strictObject({
      numerator: z.int().min(0).describe('How many of them are copied.'),
      denominator: z.int().min(1).exactOptional().describe('Of how many requests; 100 unless it is said.'),
    })
    .exactOptional()
    .describe('Share of the requests as a fraction, in place of percent.'),
});

const extensionRef = z.strictObject({
  group: groupName.describe('API group of the object.'),
  kind: kindName.describe('Kind of the object.'),
  name: objectName.describe('Name of the object.'),
});

/** What the filters of HTTPRoute and of GRPCRoute have in common. */
export const filterFields = {
  requestHeaderModifier: headerModifier.exactOptional().describe('Changes headers of the request.'),
  responseHeaderModifier: headerModifier.exactOptional().describe('Changes headers of the response.'),
  requestMirror: requestMirror.exactOptional().describe('Sends copies of the requests to another backend.'),
  extensionRef: extensionRef.exactOptional().describe('A filter of another vendor; none is known here.'),
};

export const headerMatch = z.strictObject({
  type: z
    .enum(['Exact', 'RegularExpression'])
    .exactOptional()
    .describe('How the value is compared; Exact unless it is said.'),
  name: headerName.describe('Name of the header; of several conditions on one name the first counts.'),
  value: text(4096).describe('The value, or a regular expression (RE2 syntax) for all of it.'),
});

export const ruleName = sectionName;

export type ParentRef = Immutable<z.infer<typeof parentRef>>;
export type BackendObject = Immutable<z.infer<typeof backendObject>>;
export type BackendRef = Immutable<z.infer<typeof backendRef>>;
export type HeaderModifier = Immutable<z.infer<typeof headerModifier>>;
export type RequestMirror = Immutable<z.infer<typeof requestMirror>>;
export type RouteHeaderMatch = Immutable<z.infer<typeof headerMatch>>;
