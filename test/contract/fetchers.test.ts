import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { allowedHost } from '../../lib/adapters/fetch-guard.ts';
import { guardedFetcher } from '../../lib/adapters/http/guarded-fetcher.ts';
import { memoryFetcher } from '../../lib/adapters/memory/memory-fetcher.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { testAuthority } from '../support/test-certificates.ts';
import { fetcherContract, site } from './fetcher.contract.ts';

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'site.test': ['127.0.0.1'],
  'other-site.test': ['127.0.0.1'],
  'stranger.test': ['127.0.0.1'],
  'mixed.test': ['169.254.169.254'],
};
const addressesOf = (hostname: string): readonly string[] => ADDRESSES[hostname] ?? [];
const allowedAt = (port: number) =>
  ['site.test', 'other-site.test', 'mixed.test'].map((name) => allowedHost(`http://${name}:${port}`));

fetcherContract('memory', () => {
  const state = { hits: 0 };
  const fetcher = memoryFetcher({
    allowed: allowedAt(8080),
    resolve: addressesOf,
    answer: ({ url, method, headers, body = '' }) => {
      state.hits += 1;
      return site({ method, path: url.pathname, headers, body });
    },
  });
  return { fetcher, base: 'http://site.test:8080', hits: () => state.hits };
});

fetcherContract('http', async (t) => {
  const state = { hits: 0 };
  const port = await listening(
    t,
    createServer((request, response) => {
      state.hits += 1;
      void answer(request, response);
    }),
  );
  const fetcher = guardedFetcher({ allowed: allowedAt(port), resolve: async (name) => addressesOf(name) });
  return { fetcher, base: `http://site.test:${port}`, hits: () => state.hits };
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url: path = '', headers } = request;
  const given = site({ method, path, headers, body: await text(request) });
  if (!given) return void response.destroy();
  response.writeHead(given.status ?? 200, given.headers);
  const { body = '' } = given;
  const source = typeof body === 'string' ? Readable.from([body]) : Readable.from(body);
  response.on('close', () => source.destroy());
  source.pipe(response);
}

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const LIMITS = { timeout: durationMs(5_000), maxBytes: 1_000 };

test('IDN-5: a name that answers otherwise the second time changes nothing: the connection goes to what was checked', async (t) => {
  const port = await listening(
    t,
    createServer((_, response) => void response.end('checked')),
  );
  const asked: string[] = [];
  const fetcher = guardedFetcher({
    allowed: [allowedHost(`http://site.test:${port}`)],
    resolve: async (name) => [asked.push(name) === 1 ? '127.0.0.1' : '127.0.0.254'],
  });
  const { body } = await fetcher.fetch({ url: `http://site.test:${port}/`, ...LIMITS });
  assert.deepEqual([new TextDecoder().decode(body), asked], ['checked', ['site.test']]);
});

test('IDN-5: of several addresses of a name only those are tried that may be', async (t) => {
  const port = await listening(
    t,
    createServer((_, response) => void response.end('right')),
  );
  const fetcher = guardedFetcher({
    allowed: [allowedHost(`http://site.test:${port}`)],
    resolve: async () => ['169.254.169.254', '127.0.0.1'],
  });
  const { body } = await fetcher.fetch({ url: `http://site.test:${port}/`, ...LIMITS });
  assert.equal(new TextDecoder().decode(body), 'right');
});

test('JWKS-15: a certificate is believed when its authority is one of the system or one that was added', async (t) => {
  const authority = testAuthority('an authority');
  const { certificate, key } = authority.issue('site.test');
  const port = await listening(
    t,
    createTlsServer({ cert: certificate, key }, (_, response) => void response.end('secret')),
  );
  const common = {
    allowed: [allowedHost(`site.test:${port}`), allowedHost(`other-site.test:${port}`)],
    resolve: async (name: string) => addressesOf(name),
  };
  const believing = guardedFetcher({ ...common, authorities: authority.certificate });
  const { body } = await believing.fetch({ url: `https://site.test:${port}/`, ...LIMITS });
  assert.equal(new TextDecoder().decode(body), 'secret');
  const doubting = guardedFetcher(common);
  await assert.rejects(doubting.fetch({ url: `https://site.test:${port}/`, ...LIMITS }), { reason: 'Unreachable' });
  // A certificate of somebody else is none.
  await assert.rejects(believing.fetch({ url: `https://other-site.test:${port}/`, ...LIMITS }), {
    reason: 'Unreachable',
    message: `https://other-site.test:${port} cannot be read: ERR_TLS_CERT_ALTNAME_INVALID`,
  });
  // Without the name in plain http, the same host is asked by https alone.
  await assert.rejects(believing.fetch({ url: `http://site.test:${port}/`, ...LIMITS }), { reason: 'Forbidden' });
});

test('IDN-5: a metadata address is open only to who is allowed that very address', async () => {
  const asked: string[] = [];
  const fetcher = memoryFetcher({
    allowed: [allowedHost('http://169.254.169.254'), allowedHost('http://mixed.test')],
    resolve: addressesOf,
    answer: ({ url }) => ({ body: String(asked.push(url.hostname)) }),
  });
  await fetcher.fetch({ url: 'http://169.254.169.254/', ...LIMITS });
  await assert.rejects(fetcher.fetch({ url: 'http://mixed.test/', ...LIMITS }), { reason: 'Forbidden' });
  assert.deepEqual(asked, ['169.254.169.254']);
});

test('allowed hosts are written as names or addresses, with http and a port where they are meant', () => {
  assert.deepEqual(allowedHost('IDP.corp'), { hostname: 'idp.corp', allowsHttp: false });
  assert.deepEqual(allowedHost('http://idp.corp:8080/'), { hostname: 'idp.corp', port: 8080, allowsHttp: true });
  assert.deepEqual(allowedHost('[FD00::1]:8443'), { hostname: '[fd00::1]', port: 8443, allowsHttp: false });
  for (const text of ['', 'https://idp.corp', 'idp.corp/path', 'a b', 'http://']) {
    assert.throws(() => allowedHost(text), /names no host that may be asked; write idp\.corp/, text);
  }
});
