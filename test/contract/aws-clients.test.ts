import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { dynamoClient, s3Client } from '../../lib/adapters/aws/clients.ts';
import { dynamoRecords } from '../../lib/adapters/aws/dynamo-records.ts';
import { s3Blobs } from '../../lib/adapters/aws/s3-blobs.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { hashBytes } from '../../lib/base/hashing.ts';
import { StoreUnavailable } from '../../lib/ports/store-errors.ts';

const key = { partition: 'p', id: 'a' };
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };

/** So that the tests of silence end soon; an answer, however slow the machine, is waited for as in production. */
const impatient = { patience: durationMs(40) };

/** A server that treats every request alike, and the adapters on it. */
async function storesOn(t: TestContext, listener: RequestListener, patience: typeof impatient | object = {}) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const access = { endpoint, region: 'us-east-1', credentials, ...patience };
  return {
    requests: () => requests,
    records: dynamoRecords({ client: dynamoClient(access), table: 'table' }),
    blobs: s3Blobs({ client: s3Client(access), bucket: 'bucket', prefix: '' }),
  };
}

test('FLT-1: a service that takes requests and never answers is asked four times, then unavailable', async (t) => {
  const { records, blobs, requests } = await storesOn(t, () => undefined, impatient);
  await assert.rejects(records.get(key), StoreUnavailable);
  assert.equal(requests(), 4);
  await assert.rejects(blobs.put(Buffer.from('body')), StoreUnavailable);
  assert.equal(requests(), 8);
});

test('FLT-1: a body that stalls after its first bytes is unavailable', async (t) => {
  const { blobs } = await storesOn(
    t,
    (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('the first bytes');
    },
    impatient,
  );
  await assert.rejects(blobs.get(hashBytes('any')), StoreUnavailable);
});

test('FLT-1: a body that breaks off is unavailable, not taken for the whole', async (t) => {
  const { blobs } = await storesOn(t, (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('the first bytes', () => response.destroy());
  });
  await assert.rejects(blobs.get(hashBytes('any')), StoreUnavailable);
});

test('FLT-1: 503 and 500 are retried, then unavailable; they may pass while retrying', async (t) => {
  const down = await storesOn(t, (_request, response) => void response.writeHead(503).end());
  await assert.rejects(down.blobs.list(), StoreUnavailable);
  await assert.rejects(down.records.list('p'), StoreUnavailable);
  assert.equal(down.requests(), 8);
  const recovering = await storesOn(t, (_request, response) => {
    if (recovering.requests() < 3) response.writeHead(500).end();
    else response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
  assert.equal(await recovering.records.get(key), undefined);
  assert.equal(recovering.requests(), 3);
});
