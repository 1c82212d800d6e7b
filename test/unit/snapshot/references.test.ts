import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvoyResource } from '../../../lib/envoy/envoy-resource.ts';
import { type BrokenReference, brokenReferences, referencesOf } from '../../../lib/snapshot/references.ts';
import { cluster, endpoints, listener, route } from '../../support/envoy-resources.ts';

const brokenIn = (resources: readonly EnvoyResource[], outside: readonly string[]): readonly BrokenReference[] =>
  brokenReferences(
    resources.map((resource) => ({ ...resource, references: referencesOf(resource) })),
    outside,
  );

const complete = [cluster('a'), endpoints('a', 1), route('r', 'a'), listener('l', 'r')];

test('SNAP-1: a complete snapshot has no broken reference', () => {
  assert.deepEqual(brokenIn(complete, []), []);
});

test('SNAP-1: a route to a cluster that is not there is noticed and is not severe, because Envoy answers 503 for it', () => {
  const broken = brokenIn([route('r', 'gone')], []);
  assert.deepEqual(broken, [
    { from: { type: 'routes', name: 'r' }, to: { type: 'clusters', name: 'gone' }, isSevere: false },
  ]);
  assert.deepEqual(brokenIn([route('r', 'gone')], ['gone']), []);
});

for (const [title, without, type] of [
  ['a listener without its route configuration', 'routes', 'routes'],
  ['a cluster without its endpoints', 'endpoints', 'endpoints'],
] as const) {
  test(`SNAP-1: ${title} is severe`, () => {
    const broken = brokenIn(
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
      typedConfig: {
        commonTlsContext: {
          tlsCertificateSdsSecretConfigs: [
            { name: 'cert', sdsConfig: {} },
            { name: 'own', sdsConfig: { pathConfigSource: { path: '/own' } } },
          ],
        },
      },
    },
  });
  const filtered = {
    type: 'listeners' as const,
    name: 'l',
    body: { filters: [{ name: 'wasm', configDiscovery: {} }] },
  };
  const names = brokenIn([mixed, secured, endpoints('s', 1), filtered], []).map(({ to }) => `${to.type}/${to.name}`);
  assert.deepEqual(names.sort(), [
    'clusters/m',
    'clusters/w1',
    'clusters/w2',
    'extension-configs/wasm',
    'secrets/cert',
  ]);
});
