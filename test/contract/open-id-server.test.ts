import assert from 'node:assert/strict';
import { request } from 'node:https';
import { test, type TestContext } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { haveKeysChanged, readKeySet } from '../../lib/base/key-set.ts';
import {
  KEYS,
  keySetFixtures,
  type OpenIdServer,
  type OpenIdServerOptions,
  type ServedKeys,
  startOpenIdServer,
  startTokenIssuer,
} from '../support/open-id-server.ts';
import { testAuthority } from '../support/test-certificates.ts';

const DISCOVERY = '/.well-known/openid-configuration';

async function started(t: TestContext, options: OpenIdServerOptions = {}): Promise<OpenIdServer> {
  const server = await startOpenIdServer(options);
  t.after(() => server.stop());
  return server;
}

/** Asks for the keys so often; what each answer is called. */
async function keysOf({ url }: OpenIdServer, times: number): Promise<readonly string[]> {
  const named = Object.entries(await keySetFixtures()).map(([name, keys]) => [JSON.stringify(keys), name] as const);
  const seen: string[] = [];
  for (let hit = 0; hit < times; hit += 1) {
    const answer = await fetch(url + KEYS);
    const text = await answer.text();
    seen.push(answer.status === 200 ? (new Map(named).get(text) ?? text) : String(answer.status));
  }
  return seen;
}

test('OIDC-1, OIDC-4: it serves when it has started, says where its keys are, and counts who asks', async (t) => {
  const server = await started(t);
  assert.match(server.url, /^http:\/\/localhost:\d+$/);
  assert.deepEqual([server.openIdHits, server.keyHits], [0, 0]);
  const document = (await (await fetch(server.url + DISCOVERY)).json()) as Readonly<Record<string, unknown>>;
  assert.equal(document['jwks_uri'], server.url + KEYS);
  assert.deepEqual([server.openIdHits, server.keyHits], [1, 0]);
  assert.equal((await fetch(server.url + DISCOVERY, { method: 'POST' })).status, 405);
  assert.equal(server.openIdHits, 1);
});

test('OIDC-2: with a certificate it serves the same by TLS', async (t) => {
  const authority = testAuthority('issuers');
  const server = await started(t, { certificate: authority.issue('localhost') });
  const status = await new Promise((resolve, reject) => {
    request(server.url + DISCOVERY, { ca: authority.certificate }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end();
  });
  assert.deepEqual([server.url.slice(0, 8), status, server.openIdHits], ['https://', 200, 1]);
});

test('OIDC-3: every answer waits as long as it is told', async (t) => {
  const server = await started(t, { delay: 60_000 });
  const isLate = await Promise.race([
    fetch(server.url + KEYS).then(
      () => false,
      () => true,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 100)),
  ]);
  assert.equal(isLate, true);
});

const ANSWERS: readonly (readonly [rule: string, Partial<OpenIdServer['answers']>, readonly string[]])[] = [
  ['OIDC-6: the keys are others from the second time on', {}, ['key1', 'key2', 'key2']],
  ['OIDC-5: failures come first', { returnErrorForFirst: 2 }, ['403', '403', 'key1', 'key2']],
  ['OIDC-5: failures come after', { returnErrorAfter: 2 }, ['key1', 'key2', '403', '403']],
  ['OIDC-5: success ends failures', { returnErrorAfter: 1, returnSuccessAfter: 3 }, ['key1', '403', 'key1', 'key1']],
  ['OIDC-5: the same keys in another order', { returnReorderedAfter: 1 }, ['key1', 'key1Reordered', 'key1Reordered']],
];

for (const [rule, answers, expected] of ANSWERS) {
  test(rule, async (t) => {
    const server = await started(t);
    Object.assign(server.answers, answers);
    assert.deepEqual(await keysOf(server, expected.length), expected);
    assert.equal(server.keyHits, expected.length);
  });
}

test('OIDC-7: it may be stopped twice, and has counted nothing then', async () => {
  const server = await startOpenIdServer();
  await keysOf(server, 1);
  await server.stop();
  await server.stop();
  assert.deepEqual([server.openIdHits, server.keyHits], [0, 0]);
  await assert.rejects(fetch(server.url + KEYS));
});

test('OIDC-8: what cannot be served with is an error', async () => {
  await assert.rejects(startOpenIdServer({ certificate: { certificate: 'no certificate', key: 'no key' } }));
});

test('OIDC-9: the key sets are what they are called', async () => {
  const { key1, key1Reordered, key2, noKid, noKeys, extraElements } = await keySetFixtures();
  const text = (keys: ServedKeys): string => JSON.stringify(keys);
  const changed = (before: ServedKeys, now: ServedKeys): boolean => haveKeysChanged(text(before), now.keys);
  assert.deepEqual(
    [key1Reordered, key2, extraElements].map((keys) => changed(key1, keys)),
    [false, true, false],
  );
  assert.deepEqual(
    [key1, noKid, extraElements, noKeys].map((keys) => readKeySet(text(keys)).problem === undefined),
    [true, true, true, true],
  );
  assert.ok(noKid.keys.every(({ kid }) => kid === undefined));
});

test('OIDC-10: tokens are signed with keys that are served, until they are revoked', async (t) => {
  const issuer = await startTokenIssuer();
  t.after(() => issuer.stop());
  const verify = async (token: string): Promise<unknown> => {
    const keys = (await (await fetch(issuer.url + KEYS)).json()) as Parameters<typeof createLocalJWKSet>[0];
    return (await jwtVerify(token, createLocalJWKSet(keys), { issuer: issuer.url, audience: 'shop' })).payload.sub;
  };
  const first = await issuer.mintToken({ sub: 'ada' });
  const { kid = '' } = decodeProtectedHeader(first);
  const next = await issuer.rotate();
  assert.deepEqual([await verify(first), await verify(await issuer.mintToken())], ['ada', 'somebody']);
  assert.equal(decodeProtectedHeader(await issuer.mintToken()).kid, next);
  issuer.revoke(kid);
  await assert.rejects(verify(first));
  assert.equal(issuer.keyHits, 3);
});
