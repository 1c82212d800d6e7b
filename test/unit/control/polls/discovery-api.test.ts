import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_POLL_BYTES } from '../../../../lib/delivery/read-poll.ts';
import { serviceEntry, sentIn, sidecarNode, testDelivery } from '../../../support/delivery.ts';

const post = (path: string, body: BodyInit | null, method = 'POST'): Request =>
  new Request(`http://xds${path}`, { method, body, ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) });
const polled = JSON.stringify({ node: sidecarNode });

for (const [title, request, status, code] of [
  ['PX-16: an unknown type', () => post('/v3/discovery:nonsense', polled), 404, 'UNKNOWN_TYPE'],
  ['a path that is half encoded', () => post('/v3/discovery:%E0%A4%A', polled), 404, 'UNKNOWN_TYPE'],
  ['another path below v3', () => post('/v3/other', polled), 404, 'UNKNOWN_TYPE'],
  ['a GET', () => new Request('http://xds/v3/discovery:clusters'), 405, 'METHOD_NOT_ALLOWED'],
  ['PX-16: no JSON', () => post('/v3/discovery:clusters', 'hello'), 400, 'MALFORMED_POLL'],
  ['an empty body', () => post('/v3/discovery:clusters', ''), 400, 'MALFORMED_POLL'],
  ['DLV-9: no node', () => post('/v3/discovery:clusters', '{}'), 400, 'MALFORMED_NODE'],
  ['PX-1: a node id of one part', () => post('/v3/discovery:clusters', '{"node":{"id":"x"}}'), 400, 'MALFORMED_NODE'],
  [
    'DLV-7: a body over the limit',
    () => post('/v3/discovery:clusters', 'x'.repeat(MAX_POLL_BYTES + 1)),
    413,
    'POLL_TOO_LARGE',
  ],
] as const) {
  test(`${title} is answered with ${status} in JSON and without the marker`, async () => {
    const answer = await testDelivery().discovery(request());
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.equal(answer.headers.get('x-pilotless'), null);
    assert.equal(((await answer.json()) as { code: string }).code, code);
  });
}

test('DLV-7: a body that does not say its length is read no further than the limit', async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  const answer = await testDelivery().discovery(post('/v3/discovery:clusters', endless));
  assert.equal(answer.status, 413);
  assert.ok(sent < 2 * MAX_POLL_BYTES);
});

test('DLV-7: a proxy that floods is told to come later, and the others are served', async () => {
  const service = testDelivery();
  const flood = await Promise.all(Array.from({ length: 5_001 }, () => service.poll('clusters')));
  assert.equal(flood.filter(({ status }) => status === 429).length, 1);
  const other = { ...sidecarNode, id: 'sidecar~10.0.0.8~other.default~default.svc.cluster.local' };
  assert.equal((await service.poll('clusters', { node: other })).status, 200);
});

test('types that nothing makes are empty and do not change', async () => {
  const service = testDelivery();
  for (const path of ['scoped-routes', 'runtime']) {
    const { resources, version_info } = await sentIn(await service.poll(path));
    assert.deepEqual(resources, []);
    assert.equal((await service.poll(path, { version: version_info })).status, 304);
  }
});

test('DLV-12: a poll that was not stripped is answered as well', async () => {
  const service = testDelivery();
  service.configure(serviceEntry('a.default.svc.cluster.local', '10.0.0.1'));
  const extensions = Array.from({ length: 516 }, (_, index) => ({
    name: `envoy.filters.http.filter_number_${index}`,
    category: 'envoy.filters.http',
    type_urls: [`envoy.extensions.filters.http.number_${index}.v3.Filter`],
  }));
  const plain = await sentIn(await service.poll('clusters'));
  const whole = await service.poll('clusters', { node: { ...sidecarNode, extensions }, version: plain.version_info });
  assert.equal(whole.status, 304);
});

test('a lone surrogate in a node id does no harm', async () => {
  const text = JSON.stringify({
    node: { ...sidecarNode, id: 'sidecar~10.0.0.9~\ud800.default~default.svc.cluster.local' },
  });
  const service = testDelivery();
  assert.equal((await service.discovery(post('/v3/discovery:clusters', text))).status, 200);
  await service.flush();
});
