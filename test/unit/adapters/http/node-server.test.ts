import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { type HttpServer, serveHttp, type ServeOptions } from '../../../../lib/adapters/http/node-server.ts';

async function serve(
  t: TestContext,
  handler: ServeOptions['handler'],
  options: Partial<ServeOptions> = {},
): Promise<HttpServer> {
  const server = await serveHttp({
    host: '127.0.0.1',
    port: 0,
    handler,
    onError: () => undefined,
    maxBodyBytes: 1_000,
    ...options,
  });
  t.after(() => server.close(0));
  return server;
}

const echo = async (request: Request): Promise<Response> =>
  Response.json({
    method: request.method,
    path: new URL(request.url).pathname + new URL(request.url).search,
    token: request.headers.get('authorization'),
    body: await request.text(),
  });

/** What a raw text sent to the server is answered with. */
function raw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.end(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}

test('a request reaches the handler with its method, path, headers and body', async (t) => {
  const { url } = await serve(t, echo);
  const answer = await fetch(`${url}/a%20b?c=d`, {
    method: 'PUT',
    body: 'hello',
    headers: { authorization: 'Bearer x' },
  });
  assert.deepEqual(await answer.json(), { method: 'PUT', path: '/a%20b?c=d', token: 'Bearer x', body: 'hello' });
});

test('DLV-7: a body over the limit is answered with 413 before it is read', async (t) => {
  const { url } = await serve(t, () => assert.fail('no handler may see it'));
  const answer = await fetch(url, { method: 'POST', body: 'x'.repeat(1_001) });
  assert.equal(answer.status, 413);
});

for (const [title, handler] of [
  ['lets the failed read through', echo],
  ['calls it a failure of its own', (request: Request) => echo(request).catch(() => new Response('', { status: 500 }))],
] as const) {
  test(`DLV-7: a body that does not say its length is a 413 at the limit, whether the handler ${title}`, async (t) => {
    const { url } = await serve(t, handler, { onError: (error) => assert.fail(String(error)) });
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = httpRequest(url, { method: 'POST' }, resolve).on('error', reject);
    sent.write('x'.repeat(2_000));
    sent.end();
    const answer = await promise;
    assert.equal(answer.statusCode, 413);
    assert.equal(answer.headers['content-type'], 'application/json');
    const body = JSON.parse(String(Buffer.concat(await answer.toArray()))) as object;
    assert.deepEqual(body, { code: 'BODY_TOO_LARGE', message: 'a request has at most 1000 bytes' });
  });
}

for (const [title, text] of [
  ['a method that is none', 'TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ['a target that is no path', 'GET http://[ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ['no HTTP at all', 'hello\r\n\r\n'],
] as const) {
  test(`${title} is answered with 400`, async (t) => {
    const { url } = await serve(t, echo);
    assert.match(await raw(url, text), /^HTTP\/1\.1 400 /);
  });
}

test('DLV-10: a handler that throws is a 500, and the cause stays here', async (t) => {
  const errors: unknown[] = [];
  const failure = new Error('secret');
  const { url } = await serve(t, () => Promise.reject(failure), { onError: (error) => errors.push(error) });
  const answer = await fetch(url);
  assert.equal(answer.status, 500);
  assert.doesNotMatch(await answer.text(), /secret/);
  assert.deepEqual(errors, [failure]);
});

for (const [title, read] of [
  ['never reads', async () => undefined],
  ['reads a little of', async ({ body }: Request) => void (await body?.getReader().cancel())],
] as const) {
  test(`DLV-7: a long body that the handler ${title} does not stop the next request on its connection`, async (t) => {
    const handler = async (request: Request): Promise<Response> => {
      await read(request);
      return new Response(null, { status: 204 });
    };
    const { url } = await serve(t, handler, { maxBodyBytes: 64 * 1024 * 1024 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const ports = new Set<unknown>();
    for (let request = 0; request < 3; request += 1) {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      const sent = httpRequest(url, { method: 'POST', agent }, resolve).on('error', reject);
      sent.end(Buffer.alloc(8 * 1024 * 1024));
      const answer = await promise;
      assert.equal(answer.statusCode, 204);
      ports.add(answer.socket.localPort);
      await answer.toArray();
    }
    assert.equal(ports.size, 1, 'one connection took them all');
  });
}

test('HEAD and 304 have no body, and the connection stays usable', async (t) => {
  const { url } = await serve(t, async ({ method }) =>
    method === 'HEAD' ? new Response('body') : new Response(null, { status: 304 }),
  );
  assert.equal(await (await fetch(url, { method: 'HEAD' })).text(), '');
  assert.equal((await fetch(url)).status, 304);
});

test('a stream goes out piece by piece, and ends when the client goes', async (t) => {
  const gone = Promise.withResolvers<void>();
  const { url } = await serve(t, async (request) => {
    request.signal.addEventListener('abort', () => gone.resolve());
    const stream = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('first')) });
    return new Response(stream);
  });
  const leave = new AbortController();
  const answer = await fetch(url, { signal: leave.signal });
  const { value } = (await answer.body?.getReader().read()) ?? {};
  assert.equal(new TextDecoder().decode(value), 'first');
  leave.abort();
  await gone.promise;
});

/** Says nothing until the client has gone, and then more than the connection takes; `ended` is told when nobody reads on. */
async function* lateBody(goes: Promise<void>, ended: () => void): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield new Uint8Array(1);
    await goes;
    for (;;) yield new Uint8Array(1024 * 1024);
  } finally {
    ended();
  }
}

const streamOf = (pieces: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream =>
  new ReadableStream({
    pull: async (controller) => controller.enqueue((await pieces.next()).value),
    cancel: async () => void (await pieces.return()),
  });

/** Calls `gone` when a connection to a server of this process is closed as the server sees it, which is after its client closed it. */
function afterEachConnection(t: TestContext, gone: () => void): void {
  const listen = (message: unknown): void => void (message as { socket: Socket }).socket.once('close', gone);
  subscribe('net.server.socket', listen);
  t.after(() => unsubscribe('net.server.socket', listen));
}

for (const way of ['plain', 'fetch-style'] as const) {
  test(`a ${way} answer that goes on after its client went comes to its end`, { timeout: 5_000 }, async (t) => {
    const [goes, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const body = (): AsyncGenerator<Uint8Array, void, undefined> => lateBody(goes.promise, ended.resolve);
    const { url } = await serve(t, async () => new Response(streamOf(body())), {
      plain: { prefix: '/plain/', handler: async () => ({ status: 200, headers: {}, body: body() }) },
    });
    afterEachConnection(t, goes.resolve);
    const path = way === 'plain' ? '/plain/x' : '/x';
    const request = httpRequest(`${url}${path}`, { method: 'POST', headers: { 'content-length': 0 } }, (answer) => {
      answer.once('data', () => answer.destroy());
    });
    request.on('error', () => undefined).end();
    await ended.promise;
  });
}

test('closing lets what is under way end, takes nothing new and waits no longer', { timeout: 5_000 }, async () => {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const handler = async (): Promise<Response> => {
    started.resolve();
    await release.promise;
    return new Response('done');
  };
  const server = await serveHttp({
    host: '127.0.0.1',
    port: 0,
    handler,
    onError: (error) => assert.fail(String(error)),
    maxBodyBytes: 1,
  });
  const under = fetch(server.url);
  await started.promise;
  const closed = server.close(10_000);
  await assert.rejects(fetch(server.url));
  release.resolve();
  assert.equal(await (await under).text(), 'done');
  await closed;
});

test('a port that is taken is an error with its code', async (t) => {
  const { url } = await serve(t, echo);
  const port = Number(new URL(url).port);
  await assert.rejects(serve(t, echo, { port }), { code: 'EADDRINUSE' });
});
