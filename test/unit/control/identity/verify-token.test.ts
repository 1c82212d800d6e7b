import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { epochMs } from '../../../../lib/base/brand.ts';
import type { BelievedIssuer } from '../../../../lib/control/identity/access.ts';
import type { Caller } from '../../../../lib/control/identity/caller.ts';
import { issuerKeys } from '../../../../lib/control/identity/issuer-keys.ts';
import { verifyToken } from '../../../../lib/control/identity/verify-token.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';
import { believed, TEST_AUDIENCE, testAccess, type TestIssuer, testIssuer } from '../../../support/test-tokens.ts';

const NOW = epochMs(1_800_000_000_000);
const issuer = await testIssuer(NOW);

async function verify(token: string, replaced: Partial<BelievedIssuer> = {}): Promise<Caller | undefined> {
  const clock = fakeClock({ at: NOW });
  const fetchJson = async (): Promise<unknown> => assert.fail('nothing is fetched');
  const keysOf = issuerKeys({ fetchJson, clock, log: recordingLog() });
  const access = testAccess({ issuers: [believed(issuer, replaced)], trustDomains: ['cluster.local'] });
  return verifyToken(access, token, { keysOf, now: () => NOW });
}

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const SECONDS = NOW / 1_000;

test('IDN-1: a token of an issuer that is believed says who calls', async () => {
  const caller = await verify(await issuer.token({ groups: ['shop'] }));
  assert.deepEqual([caller?.method, caller?.principal, caller?.issuer], ['bearer', 'reviews', issuer.name]);
  assert.deepEqual(caller?.claims['groups'], ['shop']);
  assert.equal(caller?.expiresAt, NOW + 600_000);
  assert.equal(caller.workload, undefined);
});

test('IDN-1, CA-14: subjects that are a service account or a SPIFFE name say the workload', async () => {
  const reviews = { namespace: 'shop', serviceAccount: 'reviews' };
  const ofSubject = async (sub: string, subjects: BelievedIssuer['subjects']) =>
    (await verify(await issuer.token({ sub }), { subjects }))?.workload;
  assert.deepEqual(await ofSubject('system:serviceaccount:shop:reviews', 'kubernetes'), reviews);
  assert.equal(await ofSubject('system:serviceaccount:shop:reviews', 'opaque'), undefined);
  assert.equal(await ofSubject('system:serviceaccount:shop:reviews:x', 'kubernetes'), undefined);
  assert.deepEqual(await ofSubject('spiffe://cluster.local/ns/shop/sa/reviews', 'spiffe'), reviews);
  assert.equal(await ofSubject('spiffe://other.example/ns/shop/sa/reviews', 'spiffe'), undefined);
});

describe('IDN-1: a token that proves nothing', () => {
  const refused: readonly (readonly [string, () => Promise<string>, Partial<BelievedIssuer>?])[] = [
    ['has expired', () => issuer.token({ exp: SECONDS - 11 })],
    ['never expires', () => issuer.token({ exp: undefined })],
    ['is not valid yet', () => issuer.token({ nbf: SECONDS + 60 })],
    ['is for another audience', () => issuer.token({ aud: 'another-service' })],
    ['is for nobody', () => issuer.token({ aud: undefined })],
    ['has no subject', () => issuer.token({ sub: undefined })],
    ['has an empty subject', () => issuer.token({ sub: '' })],
    ['is of another issuer', () => issuer.token({ iss: 'https://tokens.example/' })],
    ['is of no issuer', () => issuer.token({ iss: undefined })],
    ['is signed by an algorithm that is not allowed', () => issuer.token(), { algorithms: ['RS256'] }],
    ['is signed by the key of another issuer', async () => (await testIssuer(NOW)).token()],
    ['is no token', async () => 'abc'],
    ['is empty', async () => ''],
    ['is not signed (`alg: none`)', async () => `${base64({ alg: 'none' })}.${base64(await claims())}.`],
    ['calls itself `alg: None`', async () => `${base64({ alg: 'None' })}.${base64(await claims())}.AAAA`],
    ['is signed with the public key as a shared secret', () => confused(issuer)],
    ['was changed after it was signed', async () => tampered(await issuer.token())],
    [
      'has a signature of zeros',
      async () => `${(await issuer.token()).split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`,
    ],
    ['is larger than any token', () => issuer.token({ filler: 'x'.repeat(9_000) })],
  ];
  for (const [what, make, replaced] of refused) {
    test(what, async () => assert.equal(await verify(await make(), replaced), undefined));
  }

  test('brings its own key along', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = publicKey.export({ format: 'jwk' });
    const head = base64({ alg: 'ES256', jwk });
    const signed = `${head}.${base64(await claims())}`;
    const { sign } = await import('node:crypto');
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    assert.equal(await verify(`${signed}.${signature.toString('base64url')}`), undefined);
  });
});

const claims = async () => ({ iss: issuer.name, aud: TEST_AUDIENCE, sub: 'reviews', exp: SECONDS + 600 });

async function confused({ keySet }: TestIssuer): Promise<string> {
  const signed = `${base64({ alg: 'HS256', kid: 'first' })}.${base64(await claims())}`;
  const signature = createHmac('sha256', JSON.stringify(keySet.keys[0])).update(signed).digest('base64url');
  return `${signed}.${signature}`;
}

function tampered(token: string): string {
  const [head = '', body = '', signature = ''] = token.split('.');
  const changed = { ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), sub: 'admin' };
  return [head, base64(changed), signature].join('.');
}

describe('keys of an issuer', () => {
  const discovered = { keys: { from: 'discovery' } } as const;

  async function fetching(answers: Record<string, unknown>) {
    const clock = fakeClock({ at: NOW });
    const asked: string[] = [];
    const fetchJson = async (url: string): Promise<unknown> => {
      asked.push(url);
      if (!(url in answers)) throw new Error('unavailable');
      return answers[url];
    };
    const keysOf = issuerKeys({ fetchJson, clock, log: recordingLog() });
    const access = testAccess({ issuers: [believed(issuer, discovered)] });
    const isBelieved = async (token: string) =>
      (await verifyToken(access, token, { keysOf, now: () => NOW })) !== undefined;
    return { clock, asked, isBelieved };
  }
  const document = 'https://tokens.example/.well-known/openid-configuration';
  const keys = 'https://keys.example/jwks';

  test('are found by its discovery document, and kept', async () => {
    const { asked, isBelieved } = await fetching({
      [document]: { issuer: issuer.name, jwks_uri: keys },
      [keys]: issuer.keySet,
    });
    const token = await issuer.token();
    assert.deepEqual([await isBelieved(token), await isBelieved(token)], [true, true]);
    assert.deepEqual(asked, [document, keys]);
  });

  test('are not believed from the discovery document of another issuer', async () => {
    const { isBelieved } = await fetching({
      [document]: { issuer: 'https://evil.example', jwks_uri: keys },
      [keys]: issuer.keySet,
    });
    assert.equal(await isBelieved(await issuer.token()), false);
  });

  test('are fetched again for a key that is not known, but not for every invented one', async () => {
    const answers: Record<string, unknown> = {
      [document]: { issuer: issuer.name, jwks_uri: keys },
      [keys]: { keys: [] },
    };
    const { asked, clock, isBelieved } = await fetching(answers);
    const token = await issuer.token();
    assert.equal(await isBelieved(token), false);
    answers[keys] = issuer.keySet;
    for (let invented = 0; invented < 20; invented += 1)
      await isBelieved(await issuer.token({}, { kid: `x${invented}` }));
    assert.equal(asked.length, 2);
    clock.advance(31_000);
    assert.equal(await isBelieved(token), true);
    assert.equal(asked.length, 4);
  });

  test('that cannot be fetched any more are believed for a while, and then no longer', async () => {
    const answers: Record<string, unknown> = {
      [document]: { issuer: issuer.name, jwks_uri: keys },
      [keys]: issuer.keySet,
    };
    const { clock, isBelieved } = await fetching(answers);
    const token = await issuer.token();
    assert.equal(await isBelieved(token), true);
    delete answers[keys];
    clock.advance(11 * 60_000);
    assert.equal(await isBelieved(token), true);
    clock.advance(11 * 60_000);
    assert.equal(await isBelieved(token), false);
  });
});
