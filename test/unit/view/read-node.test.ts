import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyFacts } from '../../../lib/view/proxy-facts.ts';
import { readNode } from '../../../lib/view/read-node.ts';

function facts(node: unknown): ProxyFacts {
  const read = readNode(node);
  if (!read.ok) throw new assert.AssertionError({ message: JSON.stringify(read.issues) });
  return read.value;
}
const problems = (node: unknown): readonly string[] => readNode(node).issues.map(({ message }) => message);

const id = 'sidecar~10.0.0.1~app.shop~shop.svc.cluster.local';
const envoy = (metadata: object, more: object = {}) => facts({ id, cluster: 'app', metadata, ...more });

test('PX-1: a node id has four parts, a known type and an address', () => {
  assert.match(problems({ id: 'sidecar~10.0.0.1~app' })[0] ?? '', /must have the four parts/);
  assert.match(problems({ id: 'car~10.0.0.1~app.shop~d' })[0] ?? '', /node type car is none of/);
  assert.match(problems({ id: 'router~~app.shop~d' })[0] ?? '', /no valid IP address/);
  assert.match(problems({ id: 'router~banana~app.shop~d' })[0] ?? '', /no valid IP address/);
  assert.deepEqual(problems('nonsense').length > 0, true);
  const read = envoy({});
  assert.deepEqual([read.id, read.type, read.ips], [id, 'sidecar', ['10.0.0.1']]);
});

test('PX-2: addresses of the metadata, the valid ones in order, else the one of the id', () => {
  assert.deepEqual(envoy({ INSTANCE_IPS: '10.0.0.2, no,fd00::1' }).ips, ['10.0.0.2', 'fd00::1']);
  assert.deepEqual(envoy({ INSTANCE_IPS: ['10.0.0.3'] }).ips, ['10.0.0.3']);
});

test('PX-3: namespace and domain', () => {
  assert.equal(envoy({ NAMESPACE: 'other' }).namespace, 'other');
  assert.equal(envoy({}).namespace, 'shop');
  assert.equal(envoy({}).dnsDomain, 'shop.svc.cluster.local');
  const short = facts({ type: 'sidecar', namespace: 'a', ips: ['10.0.0.1'] });
  assert.equal(short.dnsDomain, 'a.svc.cluster.local');
});

test('PX-4: labels of the metadata with the proxy’s place beside them', () => {
  assert.deepEqual(
    envoy({ LABELS: { app: 'a' }, CLUSTER_ID: 'c', NETWORK: 'n' }, { locality: { region: 'r' } }).labels,
    {
      app: 'a',
      'topology.kubernetes.io/region': 'r',
      'topology.istio.io/cluster': 'c',
      'topology.istio.io/network': 'n',
    },
  );
});

test('PX-5: the locality of the node, else the one a label says', () => {
  assert.deepEqual(envoy({}, { locality: { region: 'r', zone: 'z', sub_zone: 's' } }).locality, {
    region: 'r',
    zone: 'z',
    subzone: 's',
  });
  assert.deepEqual(envoy({ LABELS: { 'istio-locality': 'r.z' } }).locality, { region: 'r', zone: 'z', subzone: '' });
});

test('PX-6: the interception mode, redirect when unknown', () => {
  const mode = (said: unknown) => envoy({ INTERCEPTION_MODE: said }).interception;
  assert.deepEqual(['NONE', 'TPROXY', 'REDIRECT', 'odd', undefined].map(mode), [
    'none',
    'tproxy',
    'redirect',
    'redirect',
    'redirect',
  ]);
});

test('PX-8: truth values, numbers and times may be texts; unknown metadata means nothing', () => {
  const read = envoy({
    UNPRIVILEGED_POD: 'true',
    HTTP_PROXY_PORT: '15002',
    ENVOY_STATUS_PORT: 15021,
    ENVOY_PROMETHEUS_PORT: '15090',
    PILOTLESS_REFRESH: '1s',
    SERVICE_ACCOUNT: 'sa',
    ISTIO_VERSION: '1.29.1',
    SOMETHING: { else: true },
  });
  assert.equal(read.isUnprivileged, true);
  assert.equal(read.httpProxyPort, 15002);
  assert.deepEqual(read.reservedPorts, [15021, 15090]);
  assert.equal(read.refresh, 1000);
  assert.deepEqual([read.serviceAccount, read.istioVersion], ['sa', '1.29.1']);
  for (const said of [true, 'true', '1', 1]) assert.equal(envoy({ UNPRIVILEGED_POD: said }).isUnprivileged, true);
  for (const said of [false, 'false', '', 'yes']) assert.equal(envoy({ UNPRIVILEGED_POD: said }).isUnprivileged, false);
});

test('LS-28: each direction says for itself whether workers share its connections', () => {
  const read = (said: string) => {
    const { balancesInbound, balancesOutbound } = envoy({ [said]: 'true' });
    return [balancesInbound, balancesOutbound];
  };
  assert.deepEqual(
    ['INBOUND', 'OUTBOUND', 'OTHER'].map((way) => read(`${way}_LISTENER_EXACT_BALANCE`)),
    [
      [true, false],
      [false, true],
      [false, false],
    ],
  );
});

test('PROF-1: stock Envoy unless the node says Istio’s', () => {
  assert.equal(envoy({}).profile, 'envoy');
  assert.equal(envoy({ PILOTLESS_PROFILE: 'istio-proxy' }).profile, 'istio-proxy');
});

test('the node that render takes says the same with members of its own, which win over metadata', () => {
  const read = facts({
    id: 'app-1',
    type: 'router',
    namespace: 'edge',
    ips: ['10.0.0.1'],
    labels: { istio: 'ingressgateway' },
    metadata: { NAMESPACE: 'other', LABELS: { app: 'x' }, NETWORK: 'm' },
    locality: 'r/z/s',
    serviceAccount: 'gw',
    clusterId: 'c',
    network: 'n',
    dnsDomain: 'edge.svc.example.com',
  });
  assert.deepEqual([read.type, read.namespace, read.serviceAccount], ['router', 'edge', 'gw']);
  assert.equal(read.labels['istio'], 'ingressgateway');
  assert.equal(read.labels['app'], undefined);
  assert.deepEqual(read.locality, { region: 'r', zone: 'z', subzone: 's' });
  assert.deepEqual([read.clusterId, read.network, read.dnsDomain], ['c', 'n', 'edge.svc.example.com']);
});

test('nothing is filled in that the node does not say', () => {
  const read = facts({ type: 'sidecar', ips: ['10.0.0.1'], metadata: { NAMESPACE: 'a' } });
  assert.deepEqual(
    [read.namespace, read.labels, read.network, read.clusterId, read.serviceAccount, read.istioVersion],
    ['a', {}, '', '', '', ''],
  );
  assert.equal(read.httpProxyPort, undefined);
});

test('GW-29: a proxy says itself what stands before it and how it takes connections, as an object or as JSON', () => {
  const own = {
    gatewayTopology: { numTrustedProxies: 1, forwardClientCertDetails: 'APPEND_FORWARD', proxyProtocol: {} },
    connectionSettings: { profile: 'EDGE', httpIdleTimeout: '10s' },
    concurrency: 2,
  };
  for (const PROXY_CONFIG of [own, JSON.stringify(own)]) {
    const { topology, connections } = envoy({ PROXY_CONFIG });
    assert.deepEqual(topology, { trustedProxies: 1, clientCertificates: 'append-forward', readsProxyProtocol: true });
    assert.deepEqual(connections, { isForEdge: true, written: { idleTimeout: 10_000 } });
  }
});

test('GW-29: what a proxy says of itself stands for the whole topology, and what cannot be read for nothing', () => {
  const { topology, connections } = envoy({ PROXY_CONFIG: {} });
  assert.deepEqual(topology, { trustedProxies: 0, clientCertificates: 'sanitize-set', readsProxyProtocol: false });
  assert.equal(connections, undefined);
  for (const PROXY_CONFIG of [undefined, 'no JSON', '[]', 7, { gatewayTopology: { numTrustedProxies: 'many' } }]) {
    assert.deepEqual([envoy({ PROXY_CONFIG }).topology, envoy({ PROXY_CONFIG }).connections], [undefined, undefined]);
  }
});
