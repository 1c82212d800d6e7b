import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEnvoyNode } from '../../../lib/view/read-envoy-node.ts';

const node = { id: 'sidecar~10.0.0.1~app.shop~shop.svc.cluster.local', metadata: {}, locality: {} };

test('PX-1, PX-5: a node of a poll, with its place in either spelling', () => {
  for (const said of [{ sub_zone: 's' }, { subZone: 's' }]) {
    const read = readEnvoyNode({ ...node, locality: { region: 'r', zone: 'z', ...said } });
    assert.ok(read.ok);
    assert.deepEqual(read.value.locality, { region: 'r', zone: 'z', subzone: 's' });
    assert.deepEqual([read.value.type, read.value.ips, read.value.namespace], ['sidecar', ['10.0.0.1'], 'shop']);
  }
});

test('DLV-7: a locality of anything but texts is refused, and labels that are none say nothing', () => {
  for (const locality of [{ region: 1 }, { zone: null }, { sub_zone: {} }]) {
    assert.deepEqual(
      readEnvoyNode({ ...node, locality }).issues.map(({ path }) => path),
      ['locality'],
    );
  }
  for (const LABELS of [{ app: 1 }, ['app'], 'app=a', null]) {
    const read = readEnvoyNode({ ...node, metadata: { LABELS } });
    assert.deepEqual(read.ok && read.value.labels, {});
  }
});
