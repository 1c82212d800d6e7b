import assert from 'node:assert/strict';
import { openGate } from '../../../lib/control/http/gate.ts';
import { PassThrough, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { streamingXdsFunction, xdsFunction } from '../../../functions/xds.ts';
import {
  type DeltaAnswerBody,
  serviceEntry,
  sidecarNode,
  type TestDelivery,
  testDelivery,
} from '../../support/delivery.ts';
import { httpEvent } from '../../support/lambda-events.ts';

/** What Lambda's runtime keeps of a streamed answer: what it begins with, and its body. */
interface Streamed {
  readonly begin: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };
  readonly body: string;
}

type StreamedFunction = (event: object, stream: Writable, context: object) => Promise<void>;

/** Lambda's own global, as far as a streamed answer meets it. */
const runtime = {
  streamifyResponse: (handler: StreamedFunction) => handler,
  HttpResponseStream: {
    from: (stream: Writable & { begin?: object }, begin: object) => Object.assign(stream, { begin }),
  },
};

async function stream(service: TestDelivery, path: string, body: string): Promise<Streamed> {
  Object.assign(globalThis, { awslambda: runtime });
  const handler = streamingXdsFunction(() => ({
    delivery: service,
    gate: openGate,
    log: service.log,
  })) as StreamedFunction;
  const out = new PassThrough() as PassThrough & { begin: Streamed['begin'] };
  const [read] = await Promise.all([text(out), handler(httpEvent({ path, body }), out, {})]);
  return { begin: out.begin, body: read };
}

function configured(hosts: number): TestDelivery {
  const service = testDelivery();
  const entries = Array.from({ length: hosts }, (_, index) =>
    serviceEntry(`s-${index}.default.svc.cluster.local`, '10.0.0.1'),
  );
  service.configure(entries.join(''));
  return service;
}

test('DLV-4: an answer longer than a front door would hold is streamed whole', async () => {
  const { begin, body } = await stream(configured(2_000), '/v3/delta:clusters', JSON.stringify({ node: sidecarNode }));
  assert.deepEqual(
    [begin.statusCode, begin.headers['x-pilotless'], begin.headers['content-length']],
    [200, '1', undefined],
  );
  assert.ok(body.length > 1024 * 1024);
  const { resources } = JSON.parse(body) as DeltaAnswerBody;
  assert.ok(resources.length > 2_000);
});

test('PX-11: nothing new is a streamed 304 without a body', async () => {
  const service = configured(1);
  const first = await stream(service, '/v3/delta:clusters', JSON.stringify({ node: sidecarNode }));
  const { nonce } = JSON.parse(first.body) as DeltaAnswerBody;
  const again = await stream(
    service,
    '/v3/delta:clusters',
    JSON.stringify({ node: sidecarNode, response_nonce: nonce }),
  );
  assert.deepEqual([again.begin.statusCode, again.body], [304, '']);
});

test('DLV-10: what goes wrong inside is streamed as JSON, never 200 and never marked', async () => {
  const service = configured(1);
  const failing = { ...service, discovery: async () => Promise.reject(new Error('secret of ours')) };
  const { begin, body } = await stream(failing, '/v3/delta:clusters', '{}');
  assert.deepEqual([begin.statusCode, begin.headers['x-pilotless']], [500, undefined]);
  assert.doesNotMatch(body, /secret/);
});

test('DLV-4: through a front door that takes text, a compressed answer goes in base64', async () => {
  const service = configured(20);
  const handler = xdsFunction({ delivery: service, gate: openGate, log: service.log });
  const event = httpEvent({ path: '/v3/delta:clusters', body: JSON.stringify({ node: sidecarNode }) });
  const result = await handler({ ...event, headers: { ...event.headers, 'accept-encoding': 'br' } }, {});
  assert.deepEqual([result.isBase64Encoded, result.headers?.['content-encoding']], [true, 'br']);
  const { resources } = JSON.parse(
    brotliDecompressSync(Buffer.from(result.body ?? '', 'base64')).toString(),
  ) as DeltaAnswerBody;
  assert.ok(resources.length > 20);
});
