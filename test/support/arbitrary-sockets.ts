import fc from 'fast-check';
import type { Resource } from '../../lib/resources/resource.ts';
import type { Call } from '../../lib/explain/request.ts';
import type { TestNode } from './proxy-facts.ts';

const PROTOCOLS = [
  'HTTP',
  'HTTP2',
  'GRPC-WEB',
  'HTTP_PROXY',
  'TCP',
  'TLS',
  'HTTPS',
  'MONGO',
  'MYSQL',
  'UDP',
  '',
] as const;
const ADDRESSES = ['10.1.0.1', '10.1.0.2', '10.1.0.0/16', '10.1.9.9/16', '10.0.0.0/8', 'fd00::1', '0.0.0.0'] as const;
const HOSTS = ['one.com', 'two.com', '*.three.com', '*four.com'] as const;
const PORTS = [80, 443, 15001, 15006] as const;

const createdAt = fc.constantFrom(undefined, '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z');
const namespace = fc.constantFrom('a', 'b');
const hosts = fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 1, maxLength: 2 });

const serviceEntry = fc.record({
  hosts,
  addresses: fc.uniqueArray(fc.constantFrom(...ADDRESSES), { maxLength: 2 }),
  resolution: fc.constantFrom('NONE', 'STATIC', 'DNS'),
  location: fc.constantFrom('MESH_INTERNAL', 'MESH_EXTERNAL'),
  ports: fc.uniqueArray(
    fc.record({
      number: fc.constantFrom(...PORTS),
      name: fc.constantFrom('p', 'q'),
      protocol: fc.constantFrom(...PROTOCOLS),
    }),
    { minLength: 1, maxLength: 3, selector: ({ number }) => number },
  ),
  endpoints: fc.array(fc.record({ address: fc.constantFrom('10.0.0.1', '10.0.0.2', 'x.internal') }), { maxLength: 2 }),
});

const server = fc.record({
  port: fc.record({
    number: fc.constantFrom(...PORTS),
    name: fc.constantFrom('p', 'q'),
    protocol: fc.constantFrom('HTTP', 'GRPC-WEB', 'HTTPS', 'TCP'),
  }),
  hosts: fc.uniqueArray(fc.constantFrom(...HOSTS, '*', './one.com', 'b/two.com'), { minLength: 1, maxLength: 2 }),
  bind: fc.constantFrom('', '0.0.0.0', '10.0.0.1', '::'),
  tls: fc.constantFrom({}, { httpsRedirect: true }, { mode: 'SIMPLE' as const }),
});

const gateway = fc.record({ servers: fc.array(server, { minLength: 1, maxLength: 3 }) });

/** A host to which connections are routed and that nobody serves. */
export const NOWHERE = 'nowhere.com';

const subnets = fc.uniqueArray(fc.constantFrom('10.1.0.0/16', '10.1.9.9/16', '10.2.0.0/16', '10.1.0.1'), {
  maxLength: 2,
});
const connectionMatches = fc.array(fc.record({ port: fc.constantFrom(0, 80, 443), destinationSubnets: subnets }), {
  maxLength: 2,
});
const ends = fc.constantFrom(
  [{ destination: { host: NOWHERE } }],
  [
    { destination: { host: NOWHERE }, weight: 1 },
    { destination: { host: NOWHERE, port: { number: 1 } }, weight: 3 },
  ],
  [{ destination: { host: NOWHERE }, weight: 0 }, { destination: { host: NOWHERE, subset: 's' } }],
);

const virtualService = fc.record({
  hosts,
  gateways: fc.subarray(['mesh', 'a/x', 'b/y'], { minLength: 1 }),
  http: fc.array(
    fc.record({
      match: fc.constantFrom([], [{ port: 80 }], [{ uri: { prefix: '/x' } }]),
      route: fc.constant([{ destination: { host: 'one.com' } }]),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  tcp: fc.array(fc.record({ match: connectionMatches, route: ends }), { maxLength: 2 }),
  tls: fc.array(
    fc.record({
      match: fc.array(
        fc.record({
          sniHosts: fc.uniqueArray(fc.constantFrom(...HOSTS, '*'), { minLength: 1, maxLength: 2 }),
          destinationSubnets: subnets,
        }),
        { minLength: 1, maxLength: 2 },
      ),
      route: ends,
    }),
    { maxLength: 2 },
  ),
});

function documents(kind: string, spec: fc.Arbitrary<object>): fc.Arbitrary<Resource> {
  return fc
    .record({ name: fc.constantFrom('x', 'y', 'z'), namespace, createdAt, spec })
    .map(({ createdAt: at, spec: body, ...named }) => ({
      apiVersion: 'networking.istio.io/v1',
      kind,
      metadata: { ...named, ...(at !== undefined && { creationTimestamp: at }) },
      spec: body,
    })) as fc.Arbitrary<Resource>;
}

/** Small worlds whose services and servers often want the same sockets. */
export const contestedSockets: fc.Arbitrary<readonly Resource[]> = fc.uniqueArray(
  fc.oneof(
    { weight: 3, arbitrary: documents('ServiceEntry', serviceEntry) },
    { weight: 2, arbitrary: documents('Gateway', gateway) },
    { weight: 1, arbitrary: documents('VirtualService', virtualService) },
  ),
  { maxLength: 10, selector: ({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}` },
);

/** Proxies of every kind that listen in those worlds. */
export const listeningNode: fc.Arbitrary<TestNode> = fc.record({
  type: fc.constantFrom('sidecar', 'router'),
  namespace,
  ips: fc.subarray(['10.0.0.1', 'fd00::9'], { minLength: 1 }),
  metadata: fc.record({
    INTERCEPTION_MODE: fc.constantFrom('REDIRECT', 'TPROXY', 'NONE'),
    HTTP_PROXY_PORT: fc.constantFrom('0', '80', '3128'),
  }),
  profile: fc.constantFrom('envoy', 'istio-proxy'),
});

/** Calls to those sockets, plain or TLS, of the workload itself or of somebody else. */
export const connectingCall: fc.Arbitrary<Call> = fc
  .record({
    scheme: fc.constantFrom('http', 'https'),
    host: fc.constantFrom('one.com', 'two.com', 'a.three.com', 'b.four.com', '10.1.0.1'),
    address: fc.constantFrom(undefined, '10.1.0.1', '10.1.7.7', '10.0.0.1', '127.0.0.1', 'fd00::1'),
    port: fc.constantFrom(...PORTS, 3128, 9999),
    direction: fc.constantFrom('inbound' as const, 'outbound' as const),
  })
  .map(({ scheme, host, address, port, direction }) => ({
    call: `GET ${scheme}://${host}:${port}/x`,
    to: { ...(address !== undefined && { address }) },
    direction,
  }));
