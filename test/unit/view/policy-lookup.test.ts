import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

const service = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a, namespace: owner }
spec: { hosts: [a.foo.com], resolution: STATIC, ports: [{ name: h, number: 80 }], endpoints: [{ address: 10.0.0.7 }] }
`;
const rule = (namespace: string, name: string, spec: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: ${namespace} }
spec: { ${spec} }
`;

/** Name of the first contributor of the policy with which a client calls the service. */
function applied(node: Omit<TestNode, 'type'>, ...rules: readonly string[]): string | undefined {
  const { view } = lineOf([service, ...rules].join('---'), { type: 'sidecar', ...node });
  return view.services[0]?.policy?.from[0]?.split('/').slice(1).join('/');
}

const own = rule('client', 'own', "host: '*.foo.com'");
const owners = rule('owner', 'owners', 'host: a.foo.com');
const root = rule('istio-system', 'root', "host: '*.com'");

test('DR-13 to DR-15: the client’s namespace, then the service’s, then the root; the first level wins even by a wildcard', () => {
  assert.equal(applied({ namespace: 'client' }, own, owners, root), 'client/own');
  assert.equal(applied({ namespace: 'client' }, owners, root), 'owner/owners');
  assert.equal(applied({ namespace: 'client' }, root), 'istio-system/root');
  assert.equal(applied({ namespace: 'client' }), undefined);
});

test('DR-13: within a level the exact host wins, then the longest wildcard', () => {
  const exact = rule('client', 'exact', 'host: a.foo.com');
  const wide = rule('client', 'wide', "host: '*.com'");
  assert.equal(applied({ namespace: 'client' }, wide, own, exact), 'client/exact');
  assert.equal(applied({ namespace: 'client' }, wide, own), 'client/own');
});

test('DR-13: in the root namespace only what is private to it comes before the service’s own rules', () => {
  assert.equal(applied({ namespace: 'istio-system' }, owners, root), 'owner/owners');
  const hidden = rule('istio-system', 'hidden', "host: '*.com', exportTo: ['.']");
  assert.equal(applied({ namespace: 'istio-system' }, owners, hidden), 'istio-system/hidden');
});

test('DR-14, DR-18: a rule that is not exported to the client is no match, and the search goes on', () => {
  const kept = rule('owner', 'kept', 'host: a.foo.com, exportTo: [elsewhere]');
  assert.equal(applied({ namespace: 'client' }, kept, root), 'istio-system/root');
  assert.equal(applied({ namespace: 'elsewhere' }, kept, root), 'owner/kept');
});

test('DR-17: a selector that takes the client wins, else the rule without one, else none', () => {
  const some = rule('client', 'some', 'host: a.foo.com, workloadSelector: { matchLabels: { app: x } }');
  const all = rule('client', 'all', 'host: a.foo.com');
  assert.equal(applied({ namespace: 'client', labels: { app: 'x' } }, some, all), 'client/some');
  assert.equal(applied({ namespace: 'client', labels: { app: 'y' } }, some, all), 'client/all');
  assert.equal(applied({ namespace: 'client', labels: { app: 'y' } }, some), undefined);
});

test('DR-17: for the server side selectors say nothing', () => {
  const some = rule('owner', 'some', 'host: a.foo.com, workloadSelector: { matchLabels: { app: x } }');
  const all = rule('owner', 'all', 'host: a.foo.com');
  const node = { type: 'sidecar', namespace: 'owner', labels: { app: 'x' }, ips: ['10.0.0.7'] } as const;
  const { view } = lineOf([service, some, all].join('---'), node);
  assert.deepEqual(view.services[0]?.policy?.from, ['DestinationRule/owner/some']);
  assert.deepEqual(view.instances[0]?.policy?.from, ['DestinationRule/owner/all']);
});
