import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenReferences } from '../../../lib/snapshot/references.ts';
import { cluster, endpoints, listener, route } from '../../support/envoy-resources.ts';

const complete = [cluster('a'), endpoints('a', 1), route('r', 'a'), listener('l', 'r')];

test('SNAP-1: a complete snapshot has no broken reference', () => {
  assert.deepEqual(brokenReferences(complete, []), []);
});

test('SNAP-1: a route to a cluster that is not there is noticed and is not severe, because Envoy answers 503 for it', () => {
  const broken = brokenReferences([route('r', 'gone')], []);
  assert.deepEqual(broken, [
    { from: { type: 'routes', name: 'r' }, to: { type: 'clusters', name: 'gone' }, isSevere: false },
  ]);
  assert.deepEqual(brokenReferences([route('r', 'gone')], ['gone']), []);
});

for (const [title, without, type] of [
  ['a listener without its route configuration', 'routes', 'routes'],
  ['a cluster without its endpoints', 'endpoints', 'endpoints'],
] as const) {
  test(`SNAP-1: ${title} is severe`, () => {
    const broken = brokenReferences(
      complete.filter((resource) => resource.type !== without),
      [],
    );
    assert.deepEqual(
      broken.map(({ to, isSevere }) => [to.type, isSevere]),
      [[type, true]],
    );
  });
}

test('SNAP-1: weighted clusters, mirrors, secrets and filters that come by themselves are references too', () => {
  const mixed = {
    type: 'routes' as const,
    name: 'r',
    body: {
      virtualHosts: [
        {
          routes: [
            {
              route: {
                weightedClusters: { clusters: [{ name: 'w1' }, { name: 'w2' }] },
                requestMirrorPolicies: [{ cluster: 'm' }],
              },
              metadata: { filterMetadata: { x: { cluster: 'only data' } } },
            },
          ],
        },
      ],
    },
  };
  const secured = cluster('s', {
    transportSocket: {
      typedConfig: { commonTlsContext: { tlsCertificateSdsSecretConfigs: [{ name: 'cert', sdsConfig: {} }] } },
    },
  });
  const filtered = {
    type: 'listeners' as const,
    name: 'l',
    body: { filters: [{ name: 'wasm', configDiscovery: {} }] },
  };
  const names = brokenReferences([mixed, secured, endpoints('s', 1), filtered], []).map(
    ({ to }) => `${to.type}/${to.name}`,
  );
  assert.deepEqual(names.sort(), [
    'clusters/m',
    'clusters/w1',
    'clusters/w2',
    'extension-configs/wasm',
    'secrets/cert',
  ]);
});
