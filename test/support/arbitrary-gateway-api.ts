import fc from 'fast-check';

/** Documents of the Gateway API about a few names, so that they meet: gateways, routes of every kind, grants and policies. */
const namespace = fc.constantFrom('a', 'b');
const name = fc.constantFrom('x', 'y');
const host = fc.constantFrom('one.com', '*.com', 'a.x');
const port = fc.constantFrom(80, 90);

const hostname = fc.record({ hostname: host }, { requiredKeys: [] });

const listener = fc
  .record({
    name: fc.constantFrom('http', 'tls', 'tcp'),
    port,
    protocol: fc.constantFrom('HTTP', 'TLS', 'TCP', 'HTTPS'),
    hostname,
    from: fc.constantFrom('All', 'Same', 'None'),
  })
  .map(({ hostname: only, from, protocol, ...rest }) => ({
    ...{ ...rest, ...only, protocol, allowedRoutes: { namespaces: { from } } },
    ...(protocol === 'TLS' && { tls: { mode: 'Passthrough' } }),
    ...(protocol === 'HTTPS' && { tls: { certificateRefs: [{ name: 'c' }] } }),
  }));

const gateway = fc
  .record({ name, namespace, listeners: fc.array(listener, { minLength: 1, maxLength: 3 }), isNamed: fc.boolean() })
  .map(({ listeners, isNamed, ...metadata }) => ({
    ...{ kind: 'Gateway', metadata },
    spec: {
      gatewayClassName: 'istio',
      listeners,
      ...(isNamed && { addresses: [{ type: 'Hostname', value: 'one' }] }),
    },
  }));

const parentRef = fc.oneof(
  fc.record(
    { name, namespace, sectionName: fc.constantFrom('http', 'tls', 'tcp'), port },
    { requiredKeys: ['name', 'namespace'] },
  ),
  fc
    .record({ name: fc.constantFrom('one', 'two'), namespace, port }, { requiredKeys: ['name'] })
    .map((ref) => ({ group: '', kind: 'Service', ...ref })),
  fc.record({ name }).map((ref) => ({ group: 'networking.istio.io', kind: 'ServiceEntry', ...ref })),
);

const backendRef = fc.oneof(
  fc.record(
    { name: fc.constantFrom('one', 'two'), namespace, port, weight: fc.constantFrom(0, 1, 3) },
    { requiredKeys: ['name', 'port'] },
  ),
  fc.record({ name: host, port }).map((ref) => ({ group: 'networking.istio.io', kind: 'Hostname', ...ref })),
  fc.constant({ name: 'one', kind: 'Other', port: 80 }),
);

const filter = fc.constantFrom(
  { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
  { type: 'RequestRedirect', requestRedirect: { scheme: 'https' } },
  { type: 'RequestMirror', requestMirror: { backendRef: { name: 'two', port: 80 }, percent: 5 } },
  { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'a', value: 'b' }] } },
  { type: 'CORS', cors: { allowOrigins: ['*'] } },
  { type: 'ExtensionRef', extensionRef: { group: 'x', kind: 'X', name: 'x' } },
);

const match = fc.record(
  {
    path: fc.record({
      type: fc.constantFrom('Exact', 'PathPrefix', 'RegularExpression'),
      value: fc.constantFrom('/', '/a', '/a/b'),
    }),
    method: fc.constantFrom('GET', 'PUT'),
    headers: fc.constant([{ name: 'h', value: 'v' }]),
  },
  { requiredKeys: [] },
);

const rule = fc.record(
  {
    matches: fc.array(match, { maxLength: 2 }),
    filters: fc.array(filter, { maxLength: 2 }),
    backendRefs: fc.array(backendRef, { minLength: 1, maxLength: 3 }),
    timeouts: fc.constant({ request: '2s', backendRequest: '1s' }),
    retry: fc.constantFrom({}, { attempts: 1, codes: [503] }),
  },
  { requiredKeys: ['backendRefs'] },
);

const grpcMatch = fc.constantFrom({ method: { service: 's' } }, { method: { method: 'm' } }, {});

const route = fc
  .record({
    kind: fc.constantFrom('HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'),
    metadata: fc.record({ name, namespace }),
    parentRefs: fc.array(parentRef, { minLength: 1, maxLength: 3 }),
    hostnames: fc.array(host, { maxLength: 2 }),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    grpcMatch,
  })
  .map(({ kind, metadata, parentRefs, hostnames, rules, grpcMatch: asked }) => {
    const [first] = rules;
    const backendRefs = first?.backendRefs ?? [];
    const hosts = kind === 'TCPRoute' ? {} : { hostnames };
    if (kind === 'HTTPRoute') return { kind, metadata, spec: { parentRefs, ...hosts, rules } };
    if (kind === 'GRPCRoute') {
      return { kind, metadata, spec: { parentRefs, ...hosts, rules: [{ matches: [asked], backendRefs }] } };
    }
    return { kind, metadata, spec: { parentRefs, ...hosts, rules: [{ backendRefs }] } };
  });

const grant = fc
  .record({ name, namespace, from: namespace, kind: fc.constantFrom('HTTPRoute', 'TCPRoute') })
  .map(({ from, kind, ...metadata }) => ({
    ...{ kind: 'ReferenceGrant', metadata },
    spec: {
      from: [{ group: 'gateway.networking.k8s.io', kind, namespace: from }],
      to: [{ group: '', kind: 'Service' }],
    },
  }));

const policy = fc
  .record({ name, namespace, sectionName: fc.constantFrom('http', undefined), target: fc.constantFrom('one', 'two') })
  .map(({ sectionName, target, ...metadata }) => ({
    ...{ kind: 'BackendTLSPolicy', metadata },
    spec: {
      targetRefs: [{ group: '', kind: 'Service', name: target, ...(sectionName && { sectionName }) }],
      validation: { wellKnownCACertificates: 'System', hostname: 'one.com' },
    },
  }));

export const arbitraryGatewayApi: fc.Arbitrary<object> = fc
  .oneof(gateway, { arbitrary: route, weight: 4 }, grant, policy)
  .map((document) => ({ apiVersion: 'gateway.networking.k8s.io/v1', ...document }));
