import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { readServiceAliases } from '../../../lib/world/service-aliases.ts';
import { resourcesOf } from '../../support/documents.ts';
import { summary } from '../../support/proxy-view.ts';

const alias = (name: string, externalName: string, annotations = '{}'): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop, annotations: ${annotations} }
spec: { type: ExternalName, externalName: ${externalName} }`;

function read(...texts: readonly string[]) {
  const { value, issues } = readServiceAliases(resourcesOf(texts.join('\n---')), meshDefaults());
  const aliases = Object.fromEntries([...value].map(([host, found]) => [host, found.map(({ hostname }) => hostname)]));
  return { aliases, issues: issues.map(summary), value };
}

const full = (name: string): string => `${name}.shop.svc.cluster.local`;

test('SR-19: aliases by the host that they end at, sorted', () => {
  const { aliases, issues } = read(alias('b', 'App.example.com.'), alias('a', 'app.example.com'));
  assert.deepEqual([aliases, issues], [{ 'app.example.com': [full('a'), full('b')] }, []]);
});

test('SR-19: an alias of an alias ends where that one does', () => {
  const { aliases } = read(alias('a', full('b')), alias('b', full('c')), alias('c', full('real')));
  assert.deepEqual(aliases, { [full('real')]: [full('a'), full('b'), full('c')] });
});

test('SR-19: aliases that go round in a circle are left out and named', () => {
  const { aliases, issues } = read(
    alias('a', full('b')),
    alias('b', full('a')),
    alias('c', full('a')),
    alias('d', 'x.y'),
  );
  assert.deepEqual(aliases, { 'x.y': [full('d')] });
  assert.deepEqual(
    issues,
    ['a', 'b', 'c'].map((name) => `ALIAS_CIRCLE Service/shop/${name} spec.externalName`),
  );
});

test('SR-5: an alias is exported as its annotation says', () => {
  const { value } = read(alias('a', 'x.y', '{ networking.istio.io/exportTo: "." }'));
  assert.deepEqual(value.get('x.y')?.[0]?.visibility, { to: 'namespaces', namespaces: ['shop'] });
});
