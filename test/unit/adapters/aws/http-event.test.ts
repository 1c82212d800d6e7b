import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestFrom, resultFrom } from '../../../../lib/adapters/aws/http-event.ts';
import { httpEvent } from '../../../support/lambda-events.ts';

test('method, path, query, headers and body of an event become those of a request', async () => {
  const event = httpEvent({
    path: '/v1/apply',
    query: 'dryRun=All&prune=a%3Db',
    body: 'hello',
    headers: { 'x-y': 'z' },
  });
  const request = requestFrom(event);
  const { pathname, searchParams } = new URL(request.url);
  assert.deepEqual([request.method, pathname, searchParams.get('prune')], ['POST', '/v1/apply', 'a=b']);
  assert.equal(request.headers.get('x-y'), 'z');
  assert.equal(await request.text(), 'hello');
});

test('a body in base64 is the bytes that it stands for', async () => {
  const bytes = Buffer.from([0, 255, 1, 128]);
  const event = httpEvent({ path: '/', body: bytes.toString('base64'), isBase64Encoded: true });
  assert.deepEqual(Buffer.from(await requestFrom(event).arrayBuffer()), bytes);
});

for (const [title, path, stage, expected] of [
  ['of a function URL is as it is', '/prod/x', '$default', '/prod/x'],
  ['loses the prefix of its stage', '/v3/discovery:clusters', 'prod', '/v3/discovery:clusters'],
] as const) {
  test(`a path ${title}`, () => {
    assert.equal(new URL(requestFrom(httpEvent({ path, stage })).url).pathname, expected);
  });
}

test('a GET has no body even if the event has one', async () => {
  assert.equal(await requestFrom(httpEvent({ method: 'GET', path: '/', body: 'x' })).text(), '');
});

for (const [type, isBase64Encoded] of [
  ['application/json', false],
  ['application/json; charset=utf-8', false],
  ['application/problem+json', false],
  ['text/plain', false],
  ['application/yaml', false],
  ['application/octet-stream', true],
  ['', true],
] as const) {
  test(`an answer of type "${type}" goes ${isBase64Encoded ? 'in base64' : 'as text'}`, async () => {
    const headers = new Headers();
    if (type !== '') headers.set('content-type', type);
    const result = await resultFrom(new Response(new TextEncoder().encode('hi'), { headers }));
    assert.equal(result.isBase64Encoded, isBase64Encoded);
    assert.equal(result.body, isBase64Encoded ? 'aGk=' : 'hi');
  });
}

test('an answer without a body has none, and keeps its headers', async () => {
  const result = await resultFrom(new Response(null, { status: 304, headers: { etag: '"v"' } }));
  assert.deepEqual(result, { statusCode: 304, headers: { etag: '"v"' }, body: '', isBase64Encoded: false });
});

test('DLV-4: an answer that Lambda would fail on is a 503 without the marker that says what to do', async () => {
  const quotes = '"'.repeat(3_500_000);
  for (const [body, statusCode] of [
    ['x'.repeat(6_000_000), 200],
    ['x'.repeat(6_300_000), 503],
    [quotes, 503],
  ] as const) {
    const headers = { 'content-type': 'application/json', 'x-pilotless': '1' };
    const result = await resultFrom(new Response(body, { headers }));
    assert.equal(result.statusCode, statusCode);
    assert.equal(result.headers?.['x-pilotless'], statusCode === 200 ? '1' : undefined);
    if (statusCode === 503) assert.match(result.body ?? '', /ANSWER_TOO_LONG.*streaming/);
  }
});
