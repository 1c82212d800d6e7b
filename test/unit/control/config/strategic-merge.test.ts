import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strategicMerge, takesStrategicMerge } from '../../../../lib/control/config/strategic-merge.ts';

const stored = {
  metadata: { labels: { a: '1', b: '2' } },
  spec: {
    ports: [
      { port: 80, name: 'http' },
      { port: 443, name: 'https' },
    ],
    externalIPs: ['10.0.0.1'],
  },
};

const cases: readonly (readonly [string, object, object])[] = [
  [
    'items of a merged list are merged by their key, new ones are added',
    { spec: { ports: [{ port: 80, name: 'web' }, { port: 90 }] } },
    {
      ...stored,
      spec: { ...stored.spec, ports: [{ port: 80, name: 'web' }, { port: 443, name: 'https' }, { port: 90 }] },
    },
  ],
  [
    'an item with $patch: delete goes',
    { spec: { ports: [{ $patch: 'delete', port: 80 }] } },
    { ...stored, spec: { ...stored.spec, ports: [{ port: 443, name: 'https' }] } },
  ],
  [
    'a list with $patch: replace is replaced',
    { spec: { ports: [{ $patch: 'replace' }, { port: 1 }] } },
    { ...stored, spec: { ...stored.spec, ports: [{ port: 1 }] } },
  ],
  [
    'the order of items is the one that is asked for',
    { spec: { '$setElementOrder/ports': [{ port: 443 }, { port: 80 }] } },
    {
      ...stored,
      spec: {
        ...stored.spec,
        ports: [
          { port: 443, name: 'https' },
          { port: 80, name: 'http' },
        ],
      },
    },
  ],
  [
    'other lists are replaced, null takes a member away',
    { metadata: { labels: { a: null } }, spec: { externalIPs: ['10.0.0.2'] } },
    { metadata: { labels: { b: '2' } }, spec: { ...stored.spec, externalIPs: ['10.0.0.2'] } },
  ],
  [
    'with $retainKeys only these stay',
    { metadata: { $retainKeys: ['name'], name: 'x' } },
    { ...stored, metadata: { name: 'x' } },
  ],
];
for (const [title, change, expected] of cases) {
  test(`strategic merge: ${title}`, () => {
    assert.deepEqual(strategicMerge('Service', stored, change), expected);
  });
}

test('only kinds of Kubernetes are patched this way', () => {
  assert.equal(takesStrategicMerge('Service'), true);
  assert.equal(takesStrategicMerge('VirtualService'), false);
});
