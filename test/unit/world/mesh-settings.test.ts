import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meshDefaults, readMeshSettings } from '../../../lib/world/mesh-settings.ts';
import { resourcesOf, unadmittedResourcesOf } from '../../support/documents.ts';

const read = (meshConfig: string, name = 'default') =>
  readMeshSettings(
    unadmittedResourcesOf(`
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: ${name} }
spec: { meshConfig: ${meshConfig} }
`),
  );

test('G-7: without a Mesh document Istio’s defaults hold', () => {
  const { value, issues } = readMeshSettings([]);
  assert.deepEqual(issues, []);
  assert.deepEqual(value, meshDefaults());
  assert.equal(value.outboundPolicy, 'allow-any');
  assert.equal(value.connectTimeout, 10_000);
  assert.equal(value.dnsRefresh, 60_000);
  assert.deepEqual(value.localityLb, { distribute: [], failover: [], failoverPriority: [] });
  assert.deepEqual(value.defaultPolicy, {});
});

test('written settings are laid over the defaults', () => {
  const { value } = read(`{
    rootNamespace: root, connectTimeout: 1.5s, h2UpgradePolicy: UPGRADE, localityLbSetting: { enabled: false },
    inboundTrafficPolicy: { mode: LOCALHOST }, pathNormalization: { normalization: MERGE_SLASHES },
    tcpKeepalive: { probes: 3, time: 7s }, defaultHttpRetryPolicy: { attempts: 5, retryOn: gateway-error, backoff: 10ms },
    defaultTrafficPolicy: { connectionPool: { tcp: { maxConnections: 3 } } }, outboundClusterStatName: '%SERVICE%' }`);
  assert.equal(value.rootNamespace, 'root');
  assert.equal(value.trustDomain, 'cluster.local');
  assert.equal(value.connectTimeout, 1500);
  assert.equal(value.upgradesToHttp2, true);
  assert.equal(value.localityLb, undefined);
  assert.equal(value.inboundPolicy, 'localhost');
  assert.equal(value.pathNormalization, 'merge-slashes');
  assert.deepEqual(value.tcpKeepalive, { probes: 3, time: 7000, interval: undefined });
  assert.deepEqual(value.defaultRetries, { attempts: 5, retryOn: 'gateway-error', backoff: 10 });
  assert.equal(value.defaultPolicy.pool?.maxConnections, 3);
  assert.equal(value.outboundStatName, '%SERVICE%');
});

test('a traffic policy that is written without its mode is registry-only, as in Istio’s own files', () => {
  assert.equal(read('{ outboundTrafficPolicy: {} }').value.outboundPolicy, 'registry-only');
  assert.equal(read('{ outboundTrafficPolicy: { mode: ALLOW_ANY } }').value.outboundPolicy, 'allow-any');
  assert.equal(read('{ outboundTrafficPolicy: { mode: ALLOW_ANY_DYNAMIC_DNS } }').value.outboundPolicy, 'look-up');
});

test('a Mesh of another name does not count and is told so', () => {
  const { value, issues } = read('{ rootNamespace: root }', 'other');
  assert.equal(value.rootNamespace, 'istio-system');
  assert.deepEqual(
    issues.map(({ code, resource }) => [code, resource]),
    [['MESH_NOT_USED', 'Mesh//other']],
  );
});

test('a MeshConfig that is all there is has no default beside it', () => {
  const { value } = readMeshSettings(
    unadmittedResourcesOf(
      '{ apiVersion: pilotless.dev/v1, kind: Mesh, metadata: { name: default }, spec: { meshConfig: { connectTimeout: 3s } } }',
    ),
    { hasNoMeshDefaults: true },
  );
  assert.equal(value.connectTimeout, 3000);
  assert.deepEqual(
    [value.dnsRefresh, value.outboundPort, value.outboundPolicy, value.usesAutoMutualTls, value.localityLb],
    [undefined, 0, 'registry-only', false, undefined],
  );
  assert.deepEqual([value.tracing, value.defaultExportTo.services], [undefined, ['*']]);
});

test('PCTX-16: a member that is null is one that nobody wrote', () => {
  const unset = [
    ...['rootNamespace', 'trustDomain', 'connectTimeout', 'protocolDetectionTimeout', 'dnsRefreshRate'],
    ...['outboundTrafficPolicy', 'inboundTrafficPolicy', 'localityLbSetting', 'enableAutoMtls', 'proxyListenPort'],
    ...['proxyInboundListenPort', 'defaultServiceExportTo', 'defaultVirtualServiceExportTo', 'defaultConfig'],
  ];
  const { value } = readMeshSettings(
    resourcesOf(`
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: { ${unset.map((name) => `${name}: null`).join(', ')} } }
`),
  );
  assert.deepEqual(value, meshDefaults());
});
