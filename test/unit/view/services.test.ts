import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../support/line.ts';

const entry = (host: string, metadata: string, exportTo = ''): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: ${metadata}
spec: { hosts: [${host}], ${exportTo} }
`;
const seen = (namespace: string, ...texts: readonly string[]): readonly string[] =>
  lineOf(texts.join('---'), { type: 'sidecar', namespace }).view.services.map(({ service }) => service.source);

test('SR-5, SR-7: exportTo says who sees a service; a list that leaves out its own namespace hides it there', () => {
  for (const [exportTo, own, other] of [
    ['', 1, 1],
    ["exportTo: ['*', '~']", 1, 1],
    ["exportTo: ['.']", 1, 0],
    ['exportTo: [b]', 0, 1],
    ["exportTo: ['~', b]", 0, 0],
  ] as const) {
    const text = entry('a.com', '{ name: a, namespace: a }', exportTo);
    assert.deepEqual([seen('a', text).length, seen('b', text).length], [own, other], exportTo);
  }
});

test('SR-6: private and exported services come before public ones, the oldest first', () => {
  const at = (year: number): string => `creationTimestamp: '${year}-01-01T00:00:00Z'`;
  const order = seen(
    'a',
    entry('1.com', `{ name: public, namespace: a, ${at(2020)} }`),
    entry('2.com', `{ name: exported, namespace: b, ${at(2023)} }`, 'exportTo: [a]'),
    entry('3.com', `{ name: private, namespace: a, ${at(2024)} }`, "exportTo: ['.']"),
    entry('4.com', `{ name: older, namespace: a, ${at(2021)} }`, "exportTo: ['.']"),
  );
  assert.deepEqual(
    order.map((source) => source.split('/')[2]),
    ['older', 'private', 'exported', 'public'],
  );
});

test('SC-11: of one host name, the viewer’s own service counts, then a Service, then the oldest', () => {
  const host = 'web.k.svc.cluster.local';
  const service = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: k }
spec: {}
`;
  const mine = entry(host, '{ name: mine, namespace: a }');
  const old = entry(host, "{ name: old, namespace: b, creationTimestamp: '2020-01-01T00:00:00Z' }");
  const young = entry(host, "{ name: young, namespace: c, creationTimestamp: '2021-01-01T00:00:00Z' }");
  assert.deepEqual(seen('a', service, mine, old), ['ServiceEntry/a/mine']);
  assert.deepEqual(seen('z', service, mine, old), ['Service/k/web']);
  assert.deepEqual(seen('z', young, old), ['ServiceEntry/b/old']);
});
