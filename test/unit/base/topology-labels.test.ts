import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localityOf, withPlace } from '../../../lib/base/topology-labels.ts';

const place = { locality: { region: 'r', zone: 'z', subzone: '' }, clusterId: 'c', network: 'n' };

test('PX-4: the place stands beside the labels, and what is not known is not there', () => {
  assert.deepEqual(withPlace({ app: 'a' }, place), {
    app: 'a',
    'topology.kubernetes.io/region': 'r',
    'topology.kubernetes.io/zone': 'z',
    'topology.istio.io/cluster': 'c',
    'topology.istio.io/network': 'n',
  });
});

test('PX-4: a network that a label says is kept', () => {
  const labels = withPlace({ 'topology.istio.io/network': 'own' }, place);
  assert.equal(labels['topology.istio.io/network'], 'own');
});

test('SE-6: a written locality wins over the label, which has dots for slashes', () => {
  const labels = { 'istio-locality': 'r.z.s' };
  assert.deepEqual(localityOf('', labels), { region: 'r', zone: 'z', subzone: 's' });
  assert.deepEqual(localityOf('q/y', labels), { region: 'q', zone: 'y', subzone: '' });
});
