import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { acceptedEncoding, compressing } from '../../../../lib/adapters/http/compress.ts';

for (const [header, encoding] of [
  ['', undefined],
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['gzip, deflate, br', 'br'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br ; q=0.000', undefined],
  ['br;q=0.001', 'br'],
  ['deflate, identity, *', undefined],
  ['gzipped, brr', undefined],
] as const) {
  test(`DLV-4: "${header}" asks for ${encoding ?? 'no compression'}`, () => {
    assert.equal(acceptedEncoding(header), encoding);
  });
}

const text = JSON.stringify({ resources: Array.from({ length: 5_000 }, (_, index) => ({ name: `cluster-${index}` })) });
const asking = (encoding: string): Request => new Request('http://x/', { headers: { 'accept-encoding': encoding } });
const answering = (body: BodyInit | null, init?: ResponseInit) => compressing(async () => new Response(body, init));

test('DLV-4: an answer is compressed as the client asks, and is the same text', async () => {
  const headers = { 'content-length': String(text.length), 'x-pilotless': '1' };
  for (const [encoding, decompress] of [
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ] as const) {
    const answer = await answering(text, { headers })(asking(encoding));
    assert.deepEqual(
      ['content-encoding', 'vary', 'content-length', 'x-pilotless'].map((name) => answer.headers.get(name)),
      [encoding, 'accept-encoding', null, '1'],
    );
    const sent = Buffer.from(await answer.arrayBuffer());
    assert.ok(sent.length < text.length / 5);
    assert.equal(decompress(sent).toString(), text);
  }
});

test('DLV-4: what is short, has no body, is no 200 or is compressed already stays as it is', async () => {
  for (const [body, init] of [
    ['short', { headers: { 'content-length': '5' } }],
    [null, { status: 304 }],
    [text, { status: 400 }],
    [text, { headers: { 'content-encoding': 'zstd' } }],
  ] as const) {
    const answer = await answering(body, init)(asking('gzip'));
    assert.notEqual(answer.headers.get('content-encoding'), 'gzip');
    assert.equal(await answer.text(), body ?? '');
  }
  const plain = await answering(text)(new Request('http://x/'));
  assert.equal(plain.headers.get('content-encoding'), null);
});

test('DLV-4: a source that breaks off breaks the answer off, and a client that goes away ends the source', async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error('the store went away'));
    },
  });
  await assert.rejects(async () => (await answering(broken)(asking('br'))).arrayBuffer());

  const ended = Promise.withResolvers<void>();
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(crypto.getRandomValues(new Uint8Array(10_000))),
    cancel: () => ended.resolve(),
  });
  const reader = (await answering(endless)(asking('gzip'))).body?.getReader() ?? assert.fail();
  await reader.read();
  await reader.cancel();
  await ended.promise;
});
