import assert from 'node:assert/strict';
import { openGate } from '../../lib/control/http/gate.ts';
import { test } from 'node:test';
import fc from 'fast-check';
import { xdsFunction } from '../../functions/xds.ts';
import { serviceEntry, sidecarNode, testDelivery } from '../support/delivery.ts';
import { httpEvent } from '../support/lambda-events.ts';

const path = fc.constantFrom(
  ...['/v3/delta', '/v3/delta:clusters', '/v3/delta:endpoints', '/v3/discovery:clusters', '/v3/delta:%', '/v3/', '/'],
);
const field = fc.constantFrom(
  ...['node', 'requests', 'type_url', 'response_nonce', 'error_detail', 'initial_resource_versions'],
  ...['resource_names_subscribe', 'resourceNames', 'version_info'],
);
const value = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(['*'], { a: 'b' }, [{}], [{ typeUrl: '' }]));
const text = fc.oneof(
  fc.string(),
  fc.dictionary(field, value, { noNullPrototype: true }).map((fields) => JSON.stringify(fields)),
  fc
    .dictionary(field, value, { noNullPrototype: true })
    .map((fields) => JSON.stringify({ ...fields, node: sidecarNode })),
);
const headers = fc.dictionary(
  fc.constantFrom('accept-encoding', 'content-length', 'x-envoy-expected-rq-timeout-ms', 'content-type'),
  fc.constantFrom('', '-1', '99999999999', 'br;q=', 'gzip,,;q=1', 'NaN', 'text/plain'),
  { noNullPrototype: true },
);

test('FLT-3: no event of a front door makes the function fail, whatever somebody sent', async () => {
  const service = testDelivery();
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1'));
  const handler = xdsFunction({ delivery: service, gate: openGate, log: service.log });
  const event = fc.record({
    path,
    headers,
    body: text,
    isBase64Encoded: fc.boolean(),
    method: fc.constantFrom('POST', 'GET', 'PUT'),
  });
  await fc.assert(
    fc.asyncProperty(event, async (settings) => {
      const { statusCode = 0, headers: sent = {}, body = '' } = await handler(httpEvent(settings), {});
      assert.ok(statusCode < 500, `${statusCode} ${body}`);
      if (statusCode === 304) assert.equal(body, '');
      if (sent['x-pilotless'] !== undefined) assert.equal(statusCode, 200, 'DLV-10: only a snapshot is marked');
      if (statusCode >= 400) assert.match((JSON.parse(body) as { code: string }).code, /^[A-Z_]+$/);
    }),
    { numRuns: 500 },
  );
  assert.deepEqual(service.log.fieldsOf('poll-failed'), []);
  assert.deepEqual(service.log.fieldsOf('request-failed'), []);
});
