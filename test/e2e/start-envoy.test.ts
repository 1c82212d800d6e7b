import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEnvoy, validateBootstraps } from '../../tools/support/start-envoy.ts';
import { need } from '../support/needs.ts';

const needsEnvoy = await need('envoy');

const staticBootstrap = {
  node: { id: 'probe', cluster: 'probe' },
  staticResources: {
    clusters: [{ name: 'nowhere', connectTimeout: '1s', type: 'STATIC', loadAssignment: { clusterName: 'nowhere' } }],
  },
};

test('a real Envoy starts on a free admin port, tells its state and stops', needsEnvoy, async () => {
  const envoy = await startEnvoy({ bootstrap: staticBootstrap });
  try {
    await envoy.ready();
    const stats = await envoy.stats('^cluster_manager\\.active_clusters$');
    assert.deepEqual(stats, { 'cluster_manager.active_clusters': 1 });
    const { configs } = await envoy.configDump();
    assert.ok(configs.some((entry) => entry['@type'].endsWith('.ClustersConfigDump')));
  } finally {
    await envoy.stop();
  }
  assert.equal(envoy.isRunning(), false);
  await assert.rejects(fetch(`http://127.0.0.1:${envoy.adminPort}/ready`));
});

test('an Envoy that refuses its bootstrap gives its complaint', needsEnvoy, async () => {
  await assert.rejects(startEnvoy({ bootstrap: { staticResources: { clusters: [{ name: '' }] } } }), /ended at once/);
});

test('validation accepts a good bootstrap and says what is wrong with a bad one', needsEnvoy, async () => {
  const [good, bad] = await validateBootstraps([staticBootstrap, { staticResources: { cluster: [] } }]);
  assert.equal(good, undefined);
  assert.match(bad ?? '', /cluster/);
});
