import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandPrincipals, expandTrustDomains } from '../../../lib/world/trust-domains.ts';
import { lineOf } from '../../support/line.ts';

const OWN = ['new', 'old', 'older'];
const expanded = (...principals: readonly string[]): readonly string[] => expandPrincipals(principals, OWN).principals;

test('TD-1, TD-5: a principal of the mesh is one of each of its domains, the current one first', () => {
  const all = ['new/ns/a/sa/b', 'old/ns/a/sa/b', 'older/ns/a/sa/b'];
  assert.deepEqual(expanded('old/ns/a/sa/b'), all);
  assert.deepEqual(expanded('cluster.local/ns/a/sa/b'), all);
  assert.deepEqual(expanded('ol*/ns/a/sa/b'), all);
});

test('TD-2: one of any domain, or that is none, stays', () => {
  assert.deepEqual(expanded('*/ns/a/sa/b', 'old/b', '*', 'spiffe://old/ns/a/sa/b'), [
    '*/ns/a/sa/b',
    'old/b',
    '*',
    'spiffe://old/ns/a/sa/b',
  ]);
});

test('TD-3: a pattern stays once for the domains that it covers', () => {
  assert.deepEqual(expanded('*ld/ns/a/sa/b'), ['new/ns/a/sa/b', '*ld/ns/a/sa/b', 'older/ns/a/sa/b']);
  assert.deepEqual(expanded('*r/ns/a/sa/b', '*e*/ns/a/sa/b').length, 4);
});

test('TD-4: a trust domain of the mesh is all of them, others stay, none is there twice', () => {
  assert.deepEqual(expandTrustDomains(['x', 'old', 'new'], OWN), ['x', ...OWN]);
});

test('TD-1, TD-4: policies have them everywhere but in namespaces and accounts, and one of another domain is told', () => {
  const { world, issues } = lineOf(`
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: { trustDomain: new, trustDomainAliases: [old] } }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: p }
spec:
  rules:
    - from: [{ source: { notPrincipals: [old/ns/a/sa/b, foreign/ns/a/sa/b], trustDomains: [old], namespaces: [old] } }]
      when: [{ key: source.principal, values: [new/ns/a/sa/b] }]
`);
  const [policy] = world.authorizationPolicies.get('default') ?? [];
  assert.deepEqual(policy?.rules[0]?.sources[0], [
    { on: 'principal', values: [], notValues: ['new/ns/a/sa/b', 'old/ns/a/sa/b', 'foreign/ns/a/sa/b'] },
    { on: 'trust-domain', values: ['new', 'old'], notValues: [] },
    { on: 'namespace', values: ['old'], notValues: [] },
    { on: 'principal', values: ['new/ns/a/sa/b', 'old/ns/a/sa/b'], notValues: [] },
  ]);
  assert.deepEqual(
    issues.map(({ code }) => code),
    ['TRUST_DOMAIN_UNKNOWN'],
  );
});
