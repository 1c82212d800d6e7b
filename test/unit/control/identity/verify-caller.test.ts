import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochMs } from '../../../../lib/base/brand.ts';
import { hashBytes } from '../../../../lib/base/hashing.ts';
import type { Sender } from '../../../../lib/base/sender.ts';
import type { Access } from '../../../../lib/control/identity/access.ts';
import { issuerKeys } from '../../../../lib/control/identity/issuer-keys.ts';
import { callerVerifier } from '../../../../lib/control/identity/verify-caller.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';
import { believed, testAccess, testIssuer } from '../../../support/test-tokens.ts';

const NOW = epochMs(1_800_000_000_000);
const ADDRESS = '10.0.0.5';
const URI = 'spiffe://cluster.local/ns/shop/sa/reviews';

function verifying(access: Partial<Access>) {
  const clock = fakeClock({ at: NOW });
  const fetchJson = async (): Promise<unknown> => ({ keys: [] });
  const askSts = async (): Promise<unknown> => assert.fail('AWS is not asked');
  const keysOf = issuerKeys({ fetchJson, clock, log: recordingLog() });
  const verify = callerVerifier(testAccess(access), { keysOf, askSts, clock });
  const asked = async (authorization: string | undefined, sender: Partial<Sender> = {}): Promise<string> => {
    const caller = await verify({ authorization, sender: { address: ADDRESS, ...sender } });
    return typeof caller === 'string' ? caller : `${caller.method} ${caller.principal}`;
  };
  return { clock, asked };
}

test('IDN-1: a certificate proves the one workload that its URI names, in a trust domain that is believed', async () => {
  const { asked } = verifying({ trustDomains: ['cluster.local'] });
  const withUris = (...uris: string[]) => asked(undefined, { certificate: { uris } });
  assert.equal(await withUris(URI), `certificate ${URI}`);
  for (const uris of [
    [],
    [URI, 'spiffe://cluster.local/ns/shop/sa/other'],
    ['spiffe://other.example/ns/shop/sa/reviews'],
    ['spiffe://cluster.local/ns/shop/sa/reviews/'],
    ['spiffe://cluster.local/ns/shop/sa/rev%69ews'],
    ['spiffe://user@cluster.local/ns/shop/sa/reviews'],
    ['spiffe://cluster.local:80/ns/shop/sa/reviews'],
    ['spiffe://cluster.local/ns/shop/sa/reviews?x'],
    ['SPIFFE://cluster.local/ns/shop/sa/reviews'],
    ['https://cluster.local/ns/shop/sa/reviews'],
  ]) {
    assert.equal(await withUris(...uris), 'refused', uris.join());
  }
});

test('IDN-1: who AWS verified is believed, in an account that is named', async () => {
  const { asked } = verifying({ iam: { accounts: ['123456789012'], regions: [], audience: '' } });
  const arn = (iamArn: string) => asked('AWS4-HMAC-SHA256 Credential=x', { iamArn });
  assert.equal(
    await arn('arn:aws:sts::123456789012:assumed-role/reviews/i-0abc'),
    'iam arn:aws:iam::123456789012:role/reviews',
  );
  assert.equal(await arn('arn:aws:iam::123456789012:user/ops/jo'), 'iam arn:aws:iam::123456789012:user/ops/jo');
  assert.equal(await arn('arn:aws:sts::210987654321:assumed-role/reviews/i-0abc'), 'refused');
  assert.equal(await asked('AWS4-HMAC-SHA256 Credential=x'), 'absent', 'a header alone proves nothing');
});

test('IDN-1: a token decides where there is one, and one that is not believed is not made good by anything else', async () => {
  const token = 'a-token-of-some-length';
  const { asked } = verifying({
    trustDomains: ['cluster.local'],
    tokens: [{ name: 'ci', sha256: hashBytes(token), workload: { namespace: 'shop', serviceAccount: 'ci' } }],
  });
  const certificate = { uris: [URI] };
  assert.equal(await asked(`Bearer ${token}`, { certificate }), 'token ci');
  assert.equal(await asked(`bearer  ${token}`), 'token ci');
  for (const header of [`Bearer ${token}x`, 'Bearer', 'Bearer ', `Bearer ${token} x`, `Bearer ${hashBytes(token)}`]) {
    assert.equal(await asked(header, { certificate }), 'refused', header);
  }
  assert.equal(await asked(undefined), 'absent');
  assert.equal(await asked('Basic dXNlcjpwYXNz', { certificate }), `certificate ${URI}`);
});

test('IDN-1: what was verified is believed for a minute at most, and never after its end', async () => {
  const issuer = await testIssuer(NOW);
  const keys = { from: 'file', keys: issuer.keySet.keys } as const;
  const { clock, asked } = verifying({ issuers: [believed(issuer, { keys })] });
  const header = `Bearer ${await issuer.token({ exp: NOW / 1_000 + 30 })}`;
  assert.equal(await asked(header), 'bearer reviews');
  clock.advance(29_000);
  assert.equal(await asked(header), 'bearer reviews');
  clock.advance(12_000);
  assert.equal(await asked(header), 'refused');
});
