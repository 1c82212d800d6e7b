import fc from 'fast-check';

const GROUP = 'gateway.networking.k8s.io';
const namespace = fc.constantFrom('a', 'b');
const allowed = fc.constantFrom<object>(
  { from: 'All' },
  { from: 'Same' },
  { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': 'a' } } },
);

const listener = fc
  .record({
    name: fc.constantFrom('one', 'two'),
    hostname: fc.constantFrom('one.com', '*.com', ''),
    port: fc.constantFrom(80, 8080, 90),
    protocol: fc.constantFrom('HTTP', 'TCP', 'HTTPS', 'TLS', 'http'),
    namespaces: allowed,
    certificate: fc.constantFrom<object>({ name: 'c' }, { name: 'c', namespace: 'b' }, { kind: 'X', name: 'c' }),
    mode: fc.constantFrom('Terminate', 'Passthrough'),
  })
  .map(({ hostname, namespaces, certificate, mode, ...spec }) => ({
    ...spec,
    ...(hostname !== '' && { hostname }),
    allowedRoutes: { namespaces },
    ...(['HTTPS', 'TLS'].includes(spec.protocol) && { tls: { mode, certificateRefs: [certificate] } }),
  }));
const listeners = fc.array(listener, { minLength: 1, maxLength: 2 });

const gateway = fc
  .record({
    namespace,
    listeners,
    gatewayClassName: fc.constantFrom('istio', 'x', 'istio-remote'),
    namespaces: fc.oneof(allowed, fc.constant({ from: 'None' })),
    addresses: fc.constantFrom<readonly object[]>(
      [],
      [{ type: 'Hostname', value: 'one' }],
      [{ type: 'X', value: 'y' }],
    ),
    labels: fc.constantFrom<object>({}, { 'istio.io/rev': 'x' }),
  })
  .map(({ namespace: ns, labels, namespaces, ...spec }) => ({
    ...{ apiVersion: `${GROUP}/v1`, kind: 'Gateway', metadata: { name: 'x', namespace: ns, labels } },
    spec: { ...spec, allowedListeners: { namespaces } },
  }));

const gatewayClass = fc
  .constantFrom('istio.io/gateway-controller', 'istio.io/unmanaged-gateway', 'x/y')
  .map((each) => ({
    ...{ apiVersion: `${GROUP}/v1`, kind: 'GatewayClass', metadata: { name: 'x' }, spec: { controllerName: each } },
  }));

const listenerSet = fc.record({ namespace, listeners, parent: namespace }).map(({ parent, ...each }) => ({
  ...{ apiVersion: `${GROUP}/v1`, kind: 'ListenerSet', metadata: { name: 's', namespace: each.namespace } },
  spec: { parentRef: { name: 'x', namespace: parent }, listeners: each.listeners },
}));

const grant = fc
  .record({ namespace, from: namespace, kind: fc.constantFrom('Gateway', 'ListenerSet', 'HTTPRoute') })
  .map(({ namespace: ns, from, kind }) => ({
    ...{ apiVersion: `${GROUP}/v1`, kind: 'ReferenceGrant', metadata: { name: 'g', namespace: ns } },
    spec: {
      from: [{ group: GROUP, kind, namespace: from }],
      to: [
        { group: '', kind: 'Secret' },
        { group: '', kind: 'Service', name: 'one' },
      ],
    },
  }));

/** Gateways of the Gateway API and what they look at: classes, sets of listeners, grants. Some of it means nothing. */
export const arbitraryGateways: fc.Arbitrary<object> = fc.oneof(gateway, gateway, gatewayClass, listenerSet, grant);
