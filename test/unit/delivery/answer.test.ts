import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlainAnswer } from '../../../lib/base/plain-http.ts';
import { answerRefusal, answerSend, answerUpToDate } from '../../../lib/delivery/answer.ts';
import { versionOf } from '../../../lib/snapshot/version-info.ts';

const version = versionOf([]);
const utf8 = new TextEncoder();
const bytes = (...texts: readonly string[]): readonly Uint8Array[] => texts.map((text) => utf8.encode(text));

function textOf({ body }: PlainAnswer): string {
  assert.ok(!(Symbol.asyncIterator in body));
  return Buffer.concat(body).toString();
}

test('PX-10: bodies of one and of many resources become one DiscoveryResponse', () => {
  const answer = answerSend('type.googleapis.com/x', version, [bytes('{"a":"ü"},{"b":1}'), bytes('{"c"', ':2}')]);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'application/json');
  assert.equal(answer.headers['content-length'], String(Buffer.byteLength(textOf(answer))));
  assert.deepEqual(JSON.parse(textOf(answer)), {
    version_info: version,
    type_url: 'type.googleapis.com/x',
    nonce: version,
    resources: [{ a: 'ü' }, { b: 1 }, { c: 2 }],
  });
});

test('DLV-10: a snapshot carries the marker, an error and a 304 do not', () => {
  assert.equal(answerSend('t', version, []).headers['x-pilotless'], '1');
  assert.equal(answerUpToDate(version).headers['x-pilotless'], undefined);
  assert.equal(answerRefusal({ status: 404, code: 'X', message: 'x' }).headers['x-pilotless'], undefined);
});

test('DLV-1: an unchanged poll has an answer without a body', () => {
  const answer = answerUpToDate(version);
  assert.equal(answer.status, 304);
  assert.equal(textOf(answer), '');
});

test('FLT-3: a version that cannot stand in a header is left out of it', () => {
  assert.equal(answerUpToDate('2026-01-01T00:00:00Z/7').headers['etag'], '"2026-01-01T00:00:00Z/7"');
  for (const odd of ['', 'ﬃ', 'a"b', 'a\r\nx: y', '\ud800', ' ', 'x'.repeat(10_000)]) {
    const { status, headers } = answerUpToDate(odd);
    assert.deepEqual([status, headers['etag']], [304, undefined]);
  }
});

test('PX-16: a refusal is JSON and says when to come again', () => {
  const answer = answerRefusal({ status: 503, code: 'NOT_YET', message: 'not yet', retryAfterSeconds: 2 });
  assert.equal(answer.status, 503);
  assert.equal(answer.headers['retry-after'], '2');
  assert.deepEqual(JSON.parse(textOf(answer)), { code: 'NOT_YET', message: 'not yet' });
});
