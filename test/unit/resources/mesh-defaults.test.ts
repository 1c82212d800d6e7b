import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meshConfigWithDefaults } from '../../../lib/resources/mesh-defaults.ts';

test('an empty MeshConfig is the one Istio starts with', () => {
  const settings = meshConfigWithDefaults();
  assert.equal(settings.outboundTrafficPolicy.mode, 'ALLOW_ANY');
  assert.equal(settings.rootNamespace, 'istio-system');
  assert.deepEqual(
    settings.extensionProviders.map((provider) => provider.name),
    ['prometheus', 'stackdriver', 'envoy'],
  );
});

test('a written member replaces the default whole, defaultConfig is merged', () => {
  const settings = meshConfigWithDefaults({
    localityLbSetting: { distribute: [{ from: 'a/*', to: { 'b/*': 100 } }] },
    defaultConfig: { statusPort: 1 },
  });
  assert.equal(settings.localityLbSetting.enabled, undefined);
  assert.equal(settings.defaultConfig.statusPort, 1);
  assert.equal(settings.defaultConfig.proxyAdminPort, 15000);
});

test('a written extension provider takes the place of a default of its name', () => {
  const { extensionProviders } = meshConfigWithDefaults({
    extensionProviders: [{ name: 'envoy', envoyFileAccessLog: { path: '/tmp/log' } }, { name: 'otel' }],
  });
  assert.deepEqual(
    extensionProviders.map((provider) => provider.name),
    ['envoy', 'otel', 'prometheus', 'stackdriver'],
  );
  assert.equal(extensionProviders[0]?.envoyFileAccessLog?.path, '/tmp/log');
});
