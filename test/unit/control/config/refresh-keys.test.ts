import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { allowedHost } from '../../../../lib/adapters/fetch-guard.ts';
import { type MemoryAnswer, memoryFetcher } from '../../../../lib/adapters/memory/memory-fetcher.ts';
import { durationMs } from '../../../../lib/base/brand.ts';
import { configSource } from '../../../../lib/control/build/config-source.ts';
import { readHistory } from '../../../../lib/control/config/history.ts';
import { readObject } from '../../../../lib/control/config/read-objects.ts';
import { refreshKeys } from '../../../../lib/control/config/refresh-keys.ts';
import { conditionOf } from '../../../../lib/resources/conditions.ts';
import { keySetName } from '../../../../lib/resources/key-set-name.ts';
import { resourceKey } from '../../../../lib/resources/resource.ts';
import { applied } from '../../../support/apply.ts';
import { testPorts, testStart, testStore } from '../../../support/config-store.ts';
import { fakeClock } from '../../../support/fake-clock.ts';

const key = (kid: string): object => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
});
const [ONE, TWO] = [key('one'), key('two')];
const setOf = (...keys: readonly object[]): string => JSON.stringify({ keys });
const URI = 'https://login.example/keys';
const MINUTE = 60_000;

const policy = (...jwtRules: readonly object[]): string =>
  JSON.stringify({
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    metadata: { name: 'tokens' },
    spec: { jwtRules },
  });

function setUp() {
  const clock = fakeClock({ at: testStart });
  const ports = { ...testPorts(), clock };
  const store = testStore(ports);
  const pages = new Map<string, string | MemoryAnswer>();
  const asked: string[] = [];
  const attempts: boolean[] = [];
  const fetcher = memoryFetcher({
    allowed: [allowedHost('http://plain.example')],
    answer: ({ url }) => {
      asked.push(url.href);
      const page = pages.get(url.href);
      return typeof page === 'string' ? { body: page } : page;
    },
  });
  const onAttempt = (isSuccess: boolean): void => void attempts.push(isSuccess);
  const refreshed = { store, config: configSource(ports), fetcher, onAttempt };
  const refresh = () => refreshKeys(refreshed);
  return {
    ...{ store, pages, asked, attempts, refresh },
    pass: (minutes: number) => clock.advance(durationMs(minutes * MINUTE)),
    kids: async (issuer: string, jwksUri = '') => {
      const found = await readObject(store, resourceKey('KeySet', '', keySetName({ issuer, jwksUri })));
      if (found?.kind !== 'KeySet') return undefined;
      const { keys } = JSON.parse(found.spec.jwks) as { readonly keys: readonly { readonly kid: string }[] };
      return keys.map(({ kid }) => kid);
    },
    said: async () => {
      const found = await readObject(store, resourceKey('RequestAuthentication', 'default', 'tokens'));
      const { status, reason, message } = (found && conditionOf(found, 'KeysFetched')) ?? {};
      return `${status} ${reason}: ${message}`;
    },
  };
}

test('JWKS-1, JWKS-11: keys come in as a revision of a named writer, and equal ones in another order make none', async () => {
  const { store, pages, refresh, kids, pass, said } = setUp();
  await applied(store, policy({ issuer: 'a', jwksUri: URI }));
  pages.set(URI, setOf(ONE, TWO));
  assert.deepEqual(await refresh(), { asked: 1, changed: 1, failed: 0, evicted: 0 });
  assert.deepEqual([await kids('a', URI), await said()], [['one', 'two'], 'True Fetched: all keys are fetched']);
  pages.set(URI, setOf(TWO, ONE));
  pass(20);
  assert.deepEqual(await refresh(), { asked: 1, changed: 0, failed: 0, evicted: 0 });
  pages.set(URI, setOf(TWO));
  pass(20);
  assert.equal((await refresh()).changed, 1);
  assert.deepEqual(await kids('a', URI), ['two']);
  const { revisions } = await readHistory(store, { limit: 10 });
  assert.deepEqual(
    revisions.map(({ writer }) => writer),
    ['pilotless/key-sets', 'pilotless/key-sets', 'tester'],
  );
});

test('JWKS-2: without an address the OpenID configuration of the issuer says where, one slash at its end or none', async () => {
  const { store, pages, asked, refresh, kids } = setUp();
  const issuer = 'https://login.example/tenant/';
  await applied(store, policy({ issuer }));
  pages.set('https://login.example/tenant/.well-known/openid-configuration', JSON.stringify({ jwks_uri: URI }));
  pages.set(URI, setOf(ONE));
  await refresh();
  assert.deepEqual(await kids(issuer), ['one']);
  assert.deepEqual(asked, ['https://login.example/tenant/.well-known/openid-configuration', URI]);
});

test('JWKS-2: a configuration without a text jwks_uri is a failure that says what to do', async () => {
  for (const page of ['{}', '{"jwks_uri":3}', 'none', '[]']) {
    const { store, pages, refresh, said } = setUp();
    await applied(store, policy({ issuer: 'https://login.example' }));
    pages.set('https://login.example/.well-known/openid-configuration', page);
    await refresh();
    assert.match(
      await said(),
      /^False Unusable: spec\.jwtRules\[0\]: the OpenID configuration of https:\/\/login\.example has no jwks_uri; write/,
    );
  }
});

test('JWKS-5: a status that is no success is told with the beginning of the body, and counted', async () => {
  const { store, pages, attempts, refresh, said } = setUp();
  await applied(store, policy({ issuer: 'a', jwksUri: URI }));
  pages.set(URI, { status: 403, body: `no "keys" for you${'.'.repeat(200)}` });
  assert.deepEqual(await refresh(), { asked: 1, changed: 0, failed: 1, evicted: 0 });
  assert.match(
    await said(),
    /^False Refused: spec\.jwtRules\[0\]: https:\/\/login\.example\/keys answered 403: "no \\"keys\\" for you\.{83}"; until keys come, all tokens of this rule are refused$/,
  );
  assert.deepEqual(attempts, [false]);
});

test('JWKS-6, JWKS-7, JWKS-10: what is no key set, or has no key that can be used, keeps the keys that are there', async () => {
  const { store, pages, refresh, kids, pass, said } = setUp();
  await applied(store, policy({ issuer: 'a', jwksUri: URI }));
  pages.set(URI, setOf(ONE));
  await refresh();
  pass(20);
  for (const body of [
    '<html>secret-of-a-neighbour</html>',
    '[]',
    '{}',
    '{"keys":1}',
    setOf(),
    setOf({ kty: 'RSA', n: 'AA', e: 'AQAB' }),
  ]) {
    pages.set(URI, body);
    assert.equal((await refresh()).failed, 1, body);
    assert.deepEqual(await kids('a', URI), ['one'], body);
    assert.match(await said(), /^False Unusable: .*; the keys that are there are kept$/);
    assert.ok(!(await said()).includes('neighbour'));
    pass(61);
  }
});

test('JWKS-8: keys are fetched again after 20 minutes; after a failure the next attempt comes in 1, 2, 4 minutes, and so up to an hour', async () => {
  const { store, pages, refresh, pass } = setUp();
  await applied(store, policy({ issuer: 'a', jwksUri: URI }));
  const waits: number[] = [];
  for (let attempt = 0; attempt < 9; attempt += 1) {
    assert.equal((await refresh()).asked, 1);
    let minutes = 0;
    do {
      pass(1);
      minutes += 1;
      pages.set(URI, { status: 500 });
      if (minutes > 70) break;
    } while (!(await isDue(store)));
    waits.push(minutes);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  pages.set(URI, setOf(ONE));
  assert.equal((await refresh()).failed, 0);
  pass(19);
  assert.equal((await refresh()).asked, 0);
  pass(1);
  assert.equal((await refresh()).asked, 1);
});

async function isDue(store: ReturnType<typeof testStore>): Promise<boolean> {
  const { records } = await store.records.list<{ readonly nextAttempt: number }>('key-sets');
  return records.some(({ record }) => record.nextAttempt <= store.clock.now());
}

test('JWKS-13: an issuer that is not due is not asked when another one comes', async () => {
  const { store, pages, asked, refresh } = setUp();
  pages.set(URI, setOf(ONE));
  await applied(store, policy({ issuer: 'a', jwksUri: URI }));
  await refresh();
  await applied(store, policy({ issuer: 'a', jwksUri: URI }, { issuer: 'b', jwksUri: 'https://other.example/' }));
  await refresh();
  assert.deepEqual(asked, [URI, 'https://other.example/']);
});

test('JWKS-9: keys that nobody asks for, or that could not be had, for a week are taken away', async () => {
  const { store, pages, refresh, kids, pass } = setUp();
  const WEEK = 7 * 24 * 60;
  pages.set(URI, setOf(ONE));
  await applied(store, policy({ issuer: 'a', jwksUri: URI }));
  await refresh();
  await applied(store, policy({ issuer: 'b', jwks: setOf(ONE) }));
  pass(WEEK);
  assert.equal((await refresh()).evicted, 0);
  pass(1);
  assert.equal((await refresh()).evicted, 1);
  assert.equal(await kids('a', URI), undefined);
  await applied(store, policy({ issuer: 'a', jwksUri: URI }));
  await refresh();
  pages.delete(URI);
  pass(WEEK + 1);
  assert.deepEqual(await refresh(), { asked: 1, changed: 0, failed: 1, evicted: 1 });
  assert.equal(await kids('a', URI), undefined);
});

test('two workers at once converge on the same keys', async () => {
  const { store, pages, refresh, kids, pass } = setUp();
  pages.set(URI, setOf(ONE));
  await applied(store, policy({ issuer: 'a', jwksUri: URI }));
  const both = Promise.all([refresh(), refresh()]);
  let isDone = false;
  void both.finally(() => (isDone = true));
  for (let turn = 0; turn < 200 && !isDone; turn += 1) {
    await new Promise(setImmediate);
    pass(0.001);
  }
  const reports = await both;
  assert.deepEqual(await kids('a', URI), ['one']);
  assert.ok(reports.every(({ failed }) => failed === 0));
  const { revisions } = await readHistory(store, { limit: 10 });
  assert.equal(revisions.length, 2);
});

test('IDN-5, JWKS-14: an address that may not be asked is a failure that says so', async () => {
  const { store, asked, refresh, said } = setUp();
  await applied(store, policy({ issuer: 'a', jwksUri: 'https://169.254.169.254/latest/meta-data' }));
  await refresh();
  assert.match(
    await said(),
    /^False Forbidden: spec\.jwtRules\[0\]: 169\.254\.169\.254 is a private, link-local or metadata address/,
  );
  assert.deepEqual(asked, []);
});

test('private parts of keys are not stored', async () => {
  const { store, pages, refresh } = setUp();
  const whole = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  pages.set(URI, setOf({ ...whole, kid: 'x' }));
  await applied(store, policy({ issuer: 'a', jwksUri: URI }));
  await refresh();
  const found = await readObject(store, resourceKey('KeySet', '', keySetName({ issuer: 'a', jwksUri: URI })));
  assert.ok(found?.kind === 'KeySet' && !found.spec.jwks.includes(whole.d ?? 'd'));
});
