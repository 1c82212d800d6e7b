import fc from 'fast-check';
import type { HttpMatchRequest, HttpRoute, StringMatch } from '../../lib/resources/virtual-service-spec.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { resourcesOf } from './documents.ts';
import { virtualService } from './route-tables.ts';

/** Few words, so that requests and matches meet often. */
const word = fc.constantFrom('a', 'b', 'ab', '');
const path = fc.constantFrom('/', '/a', '/b', '/a/b', '/ab', '/A');

const stringMatch: fc.Arbitrary<StringMatch> = fc.oneof(
  fc.record({ exact: word }),
  fc.record({ prefix: fc.constantFrom('a', 'b') }),
  fc.record({ regex: fc.constantFrom('a.*', '[ab]', '.*') }),
  fc.constant({}),
);
const named = fc.dictionary(fc.constantFrom('x', 'y'), stringMatch, { maxKeys: 2 });

const match: fc.Arbitrary<HttpMatchRequest> = fc.record(
  {
    name: fc.constant('m'),
    statPrefix: fc.constant('s'),
    uri: fc.oneof(
      fc.record({ exact: path }),
      fc.record({ prefix: path }),
      fc.record({ regex: fc.constantFrom('/a.*', '.*') }),
    ),
    ignoreUriCase: fc.boolean(),
    scheme: fc.constant({ exact: 'http' }),
    method: fc.record({ exact: fc.constantFrom('GET', 'PUT') }),
    authority: fc.constant({ prefix: 'a' }),
    headers: named,
    withoutHeaders: named,
    queryParams: named,
    port: fc.constantFrom(80, 81),
    sourceLabels: fc.dictionary(fc.constant('app'), fc.constantFrom('front', 'back')),
    sourceNamespace: fc.constantFrom('default', 'other'),
    gateways: fc.subarray(['mesh', 'edge'], { minLength: 1 }),
  },
  { requiredKeys: [] },
);

/** Rules that answer with a status of their own each, so that an answer tells which rule it came from. */
export const arbitraryAnswers: fc.Arbitrary<readonly HttpRoute[]> = fc
  .array(fc.array(match, { maxLength: 3 }), { minLength: 1, maxLength: 5 })
  .map((rules) =>
    rules.map((matches, index) => ({
      ...(matches.length > 0 && { match: matches }),
      directResponse: { status: 200 + index },
    })),
  );

export interface ArbitraryRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly port: number;
}

const texts = fc.dictionary(fc.constantFrom('x', 'y'), word, { maxKeys: 2 });
export const arbitraryRequest: fc.Arbitrary<ArbitraryRequest> = fc.record({
  method: fc.constantFrom('GET', 'PUT'),
  path,
  query: texts,
  headers: texts,
  port: fc.constantFrom(80, 81),
});

const host = fc.constantFrom('a.x', 'b.x', 'c.b.x', '*.x', '*.b.x', 'out.example', 'A.X', '10.1.0.1');
const destination = fc.record({
  destination: fc.record({ host, subset: fc.constantFrom('', 'v1') }),
  weight: fc.integer({ min: 0, max: 3 }),
});
const forwarding: fc.Arbitrary<HttpRoute> = fc.record({
  match: fc.array(match, { maxLength: 2 }),
  route: fc.array(destination, { minLength: 1, maxLength: 3 }),
  timeout: fc.constantFrom('0s', '1.5s'),
  retries: fc.record({ attempts: fc.integer({ min: 0, max: 2 }), retryOn: fc.constantFrom('', '5xx,503') }),
});

const uris: fc.Arbitrary<StringMatch> = fc.oneof(
  fc.record({ exact: path }),
  fc.record({ prefix: path }),
  fc.record({ regex: fc.constantFrom('/a.*', '/.*') }),
);
const rewrite = fc.record(
  {
    uri: fc.constantFrom('/', '/new', '/new/'),
    authority: fc.constantFrom('new.example', 'new.example:8080'),
    uriRegexRewrite: fc.constantFrom(
      { match: 'a', rewrite: 'b' },
      { match: '^/(.)/(.)', rewrite: '/\\2/\\1' },
      { match: '/b$', rewrite: '' },
    ),
  },
  { requiredKeys: [] },
);
const redirect = fc.record(
  {
    uri: fc.constantFrom('/new', '/new?c=d'),
    prefixRewrite: fc.constantFrom('/', '/new'),
    authority: fc.constantFrom('new.example', 'new.example:8080'),
    scheme: fc.constantFrom('http', 'https'),
    port: fc.constantFrom(80, 443, 8443),
    derivePort: fc.constantFrom('FROM_PROTOCOL_DEFAULT' as const, 'FROM_REQUEST_PORT' as const),
    redirectCode: fc.constantFrom(301, 302, 303, 307, 308),
  },
  { requiredKeys: [] },
);

/** Rules that send requests elsewhere, on to one host or back to the client, under other authorities and paths. */
export function arbitraryMoves(host: string): fc.Arbitrary<readonly HttpRoute[]> {
  const matches = fc.array(fc.record({ uri: uris }), { minLength: 1, maxLength: 2 });
  const route = fc.constant([{ destination: { host } }]);
  const rule = fc.oneof(fc.record({ match: matches, route, rewrite }), fc.record({ match: matches, redirect }));
  return fc.array(rule, { minLength: 1, maxLength: 4 });
}

/** VirtualServices for hosts that overlap, of two namespaces and some ages. */
export const arbitraryVirtualServices: fc.Arbitrary<readonly Resource[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.constantFrom('p', 'q', 'r', 's'),
      namespace: fc.constantFrom('default', 'other'),
      age: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'),
      hosts: fc.uniqueArray(host, { minLength: 1, maxLength: 3 }),
      exportTo: fc.constantFrom<readonly string[]>(['*'], ['.'], ['default']),
      http: fc.oneof(arbitraryAnswers, fc.array(forwarding, { minLength: 1, maxLength: 2 })),
    })
    .map(({ name, namespace, age, ...spec }) => virtualService(name, spec, { namespace, creationTimestamp: age })),
  { selector: ({ metadata }) => `${metadata.namespace}/${metadata.name}`, maxLength: 5 },
);

/** Services for hosts that rules lead to, all at one address: two HTTP ports and one that is left to sniffing. */
export function servicesOf(hosts: readonly string[]): readonly Resource[] {
  const service = (host: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${host} }
spec:
  hosts: [${host}]
  addresses: [10.1.0.1]
  resolution: STATIC
  location: MESH_INTERNAL
  ports: [{ number: 80, name: http, protocol: HTTP }, { number: 81, name: two, protocol: HTTP }, { number: 82, name: any }]
  endpoints: [{ address: 10.2.0.1 }]
`;
  return resourcesOf(hosts.map(service).join('---'));
}
