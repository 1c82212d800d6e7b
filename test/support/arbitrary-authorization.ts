import fc from 'fast-check';

/** Policies of every action, some of which nobody can carry out, and the authorizers that they name. */
const namespace = fc.constantFrom('a', 'b', 'istio-system');
const GATEWAY = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'x' };

const source = fc.record(
  {
    principals: fc.subarray(['*', 'td/ns/a/sa/b', 'cluster.local/ns/a/sa/b', '*-td/ns/a/sa/b', 'x*'], { minLength: 1 }),
    notNamespaces: fc.subarray(['a', 'b*'], { minLength: 1 }),
    requestPrincipals: fc.subarray(['*', 'i/s', 'i/*', '*/s', 'x'], { minLength: 1 }),
    serviceAccounts: fc.subarray(['s', 'n/s'], { minLength: 1 }),
    trustDomains: fc.subarray(['td', '*.x'], { minLength: 1 }),
    ipBlocks: fc.subarray(['10.0.0.0/8', '::1', 'no address'], { minLength: 1 }),
    notRemoteIpBlocks: fc.constant(['192.0.2.1']),
  },
  { requiredKeys: [] },
);

const operation = fc.record(
  {
    hosts: fc.subarray(['a.b', '*.c', '*'], { minLength: 1 }),
    methods: fc.constant(['GET']),
    paths: fc.subarray(['/a', '/b*', '*c', '/d/{*}/{**}'], { minLength: 1 }),
    notPaths: fc.constant(['/e']),
    ports: fc.subarray(['80', '91', 'http'], { minLength: 1 }),
  },
  { requiredKeys: [] },
);

const when = fc.record({
  key: fc.constantFrom(
    'request.headers[a]',
    'request.auth.claims[a][b]',
    'source.principal',
    'destination.port',
    'connection.sni',
    'experimental.envoy.filters.a[b]',
    'no.such.key',
  ),
  values: fc.constantFrom([], ['1'], ['*']),
  notValues: fc.constantFrom([], ['2']),
});

const rule = fc.record(
  {
    from: fc.array(fc.record({ source }), { maxLength: 2 }),
    to: fc.array(fc.record({ operation }), { maxLength: 2 }),
    when: fc.array(when, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

export const arbitraryAuthorizationPolicy = fc
  .record({
    name: fc.constantFrom('x', 'y'),
    namespace,
    target: fc.constantFrom<object>(
      {},
      { selector: { matchLabels: { app: 'x' } } },
      { targetRefs: [GATEWAY] },
      { targetRef: { kind: 'Service', name: 'one' } },
    ),
    action: fc.constantFrom<object>(
      {},
      { action: 'DENY' },
      { action: 'AUDIT' },
      { action: 'CUSTOM', provider: { name: 'http-one' } },
      { action: 'CUSTOM', provider: { name: 'grpc-one' } },
      { action: 'CUSTOM', provider: { name: 'nobody' } },
    ),
    rules: fc.array(rule, { maxLength: 3 }),
    annotations: fc.constantFrom<Readonly<Record<string, string>>>({}, { 'istio.io/dry-run': 'true' }),
  })
  .map(({ target, action, rules, ...metadata }) => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata,
    spec: { ...target, ...action, rules },
  }));

/** The mesh's settings with authorizers whose service is there, not there, or in several namespaces. */
export const arbitraryAuthorizers = fc
  .record({
    httpService: fc.constantFrom('one.com', 'a/one.com', 'two.com', 'nobody.com'),
    grpcService: fc.constantFrom('one.com', 'b/two.com'),
    port: fc.constantFrom(80, 90, 9999),
    trustDomain: fc.constantFrom('td', 'new-td'),
  })
  .map(({ httpService, grpcService, port, trustDomain }) => ({
    apiVersion: 'pilotless.dev/v1',
    kind: 'Mesh',
    metadata: { name: 'default' },
    spec: {
      meshConfig: {
        trustDomain,
        trustDomainAliases: ['old-td'],
        extensionProviders: [
          { name: 'http-one', envoyExtAuthzHttp: { service: httpService, port, headersToUpstreamOnAllow: ['x-*'] } },
          { name: 'grpc-one', envoyExtAuthzGrpc: { service: grpcService, port, statusOnError: '503' } },
        ],
      },
    },
  }));
