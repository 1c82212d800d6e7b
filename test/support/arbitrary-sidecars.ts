import fc from 'fast-check';
import type { Resource } from '../../lib/resources/resource.ts';

/** Hosts of the generated services, in every form that an egress listener takes; some are malformed. */
const hosts = fc.uniqueArray(
  fc.constantFrom('*/*', './*', 'a/*', 'b/one.com', '*/*.com', './two.com', '~/*', '~/one.com', '~b/*', 'one.com'),
  { minLength: 1, maxLength: 3 },
);

const captureMode = fc.constantFrom('DEFAULT', 'IPTABLES', 'NONE');

const egressPort = fc.record({
  number: fc.constantFrom(80, 90, 70),
  protocol: fc.constantFrom('HTTP', 'TCP', 'TLS', 'HTTP_PROXY', ''),
});

const egress = fc.oneof(
  fc.record({ hosts }),
  fc.record(
    { hosts, port: egressPort, bind: fc.constantFrom('127.0.0.1', '0.0.0.0', '10.9.0.1', '::'), captureMode },
    { requiredKeys: ['hosts', 'port'] },
  ),
  fc.record({
    hosts,
    port: fc.record({ protocol: fc.constantFrom('HTTP', 'TCP') }),
    bind: fc.constantFrom('unix:///run/a', 'unix://@b'),
  }),
);

const ingress = fc.record(
  {
    port: fc.record({ number: fc.constantFrom(80, 8080, 15006), protocol: fc.constantFrom('HTTP', 'TCP', '') }),
    bind: fc.constantFrom('127.0.0.1', '0.0.0.0'),
    captureMode,
    defaultEndpoint: fc.constantFrom(
      '127.0.0.1:81',
      '0.0.0.0:81',
      '[::]:81',
      '[::1]:81',
      ':81',
      'unix:///s',
      'nowhere',
    ),
    connectionPool: fc.constant({ tcp: { maxConnections: 2 } }),
  },
  { requiredKeys: ['port'] },
);

const spec = fc.record(
  {
    workloadSelector: fc.record({
      labels: fc.dictionary(fc.constantFrom('app', 'version'), fc.constantFrom('1', '2'), { maxKeys: 1 }),
    }),
    egress: fc.array(egress, { maxLength: 3 }),
    ingress: fc.array(ingress, { maxLength: 2 }),
    outboundTrafficPolicy: fc.constantFrom<object>(
      {},
      { mode: 'REGISTRY_ONLY' },
      { mode: 'ALLOW_ANY', egressProxy: { host: 'one.com', port: { number: 80 } } },
    ),
    inboundConnectionPool: fc.constant({ http: { http1MaxPendingRequests: 3 } }),
  },
  { requiredKeys: [] },
);

/** A Sidecar of a namespace that proxies are generated in, or of the root namespace; admission need not let it in. */
export const arbitrarySidecar: fc.Arbitrary<Resource> = fc
  .record({ name: fc.constantFrom('x', 'y'), namespace: fc.constantFrom('a', 'b', 'istio-system'), spec })
  .map(({ spec: body, ...metadata }) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata,
    spec: body,
  }));
