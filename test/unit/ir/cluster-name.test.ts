import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inboundCluster, outboundCluster, parseClusterName } from '../../../lib/ir/cluster-name.ts';

const word = fc.stringMatching(/^[a-z0-9.-]{0,12}$/);

test('HN-9: direction, port, subset and host, with bars between', () => {
  assert.equal(outboundCluster(80, 'v1', 'a.example'), 'outbound|80|v1|a.example');
  assert.equal(inboundCluster(8080), 'inbound|8080||');
});

test('HN-9: what is written as a name is read as its parts', () => {
  fc.assert(
    fc.property(fc.nat(65_535), word, word, (port, subset, hostname) => {
      const parts = { direction: 'outbound', port, subset, hostname };
      assert.deepEqual(parseClusterName(outboundCluster(port, subset, hostname)), parts);
    }),
  );
});

for (const name of ['', 'outbound', 'outbound|80|a.example', 'outbound|80||a.example|', 'outbound|x||a.example']) {
  test(`HN-9: "${name}" has empty parts`, () => {
    assert.deepEqual(parseClusterName(name), { direction: '', port: 0, subset: '', hostname: '' });
  });
}
