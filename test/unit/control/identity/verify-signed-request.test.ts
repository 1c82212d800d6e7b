import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { epochMs } from '../../../../lib/base/brand.ts';
import { verifySignedRequest } from '../../../../lib/control/identity/verify-signed-request.ts';

const NOW = epochMs(Date.UTC(2026, 10, 30, 12, 0, 30));
const IAM = { accounts: ['123456789012'], regions: ['eu-west-1', 'cn-north-1'], audience: 'https://pilotless.example' };
const ARN = 'arn:aws:sts::123456789012:assumed-role/reviews/i-0abc';

const USUAL: Readonly<Record<string, string>> = {
  Action: 'GetCallerIdentity',
  Version: '2011-06-15',
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': 'ASIAEXAMPLEEXAMPLE00/20261130/eu-west-1/sts/aws4_request',
  'X-Amz-Date': '20261130T120000Z',
  'X-Amz-Expires': '60',
  'X-Amz-SignedHeaders': 'host;x-pilotless-audience',
  'X-Amz-Security-Token': 'a/b+c==',
  'X-Amz-Signature': 'a1'.repeat(32),
};

const tokenFor = (url: string): string => `pilotless-aws-v1.${Buffer.from(url).toString('base64url')}`;
const urlWith = (
  replaced: Readonly<Record<string, string | undefined>> = {},
  base = 'https://sts.eu-west-1.amazonaws.com/',
) => {
  const parts = Object.entries({ ...USUAL, ...replaced }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${base}?${parts.join('&')}`;
};

interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

function stsSaying(arn: unknown) {
  const asked: Asked[] = [];
  const askSts = async (url: string, headers: Readonly<Record<string, string>>): Promise<unknown> => {
    asked.push({ url, headers });
    if (arn === 'refused') throw new Error('403');
    return { GetCallerIdentityResponse: { GetCallerIdentityResult: { Arn: arn, Account: '999999999999' } } };
  };
  return { asked, askSts };
}

async function verify(url: string, arn: unknown = ARN) {
  const { asked, askSts } = stsSaying(arn);
  const caller = await verifySignedRequest(IAM, tokenFor(url), { askSts, now: () => NOW });
  return { caller, asked };
}

test('IDN-1: who signed a request is who AWS says, asked for our audience', async () => {
  const { caller, asked } = await verify(urlWith());
  assert.equal(caller?.principal, 'arn:aws:iam::123456789012:role/reviews');
  assert.equal(caller.method, 'iam');
  assert.equal(caller.expiresAt, NOW + 30_000);
  assert.equal(asked.length, 1);
  assert.equal(asked[0]?.headers['x-pilotless-audience'], IAM.audience);
  const sent = new URL(asked[0]?.url ?? '');
  assert.equal(sent.host, 'sts.eu-west-1.amazonaws.com');
  assert.deepEqual(Object.fromEntries(sent.searchParams), USUAL);
});

describe('IDN-1: a signed request that proves nothing is not sent on', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['to another host', urlWith({}, 'https://sts.eu-west-1.amazonaws.com.evil.example/')],
    ['to a host before an at sign', urlWith({}, 'https://sts.eu-west-1.amazonaws.com@evil.example/')],
    ['with a user', urlWith({}, 'https://evil@sts.eu-west-1.amazonaws.com/')],
    ['to the STS of a region that is not named', urlWith({}, 'https://sts.us-east-1.amazonaws.com/')],
    ['to another port', urlWith({}, 'https://sts.eu-west-1.amazonaws.com:444/')],
    ['in plain text', urlWith({}, 'http://sts.eu-west-1.amazonaws.com/')],
    ['to another path', urlWith({}, 'https://sts.eu-west-1.amazonaws.com/x')],
    ['for another action', urlWith({ Action: 'AssumeRole' })],
    ['with a part more', urlWith({ RoleArn: 'x' })],
    ['with a part less', urlWith({ 'X-Amz-Expires': undefined })],
    ['with a part twice', `${urlWith()}&Action=GetCallerIdentity`],
    ['whose audience is not signed', urlWith({ 'X-Amz-SignedHeaders': 'host' })],
    [
      'signed for another region',
      urlWith({ 'X-Amz-Credential': 'ASIAEXAMPLEEXAMPLE00/20261130/us-east-1/sts/aws4_request' }),
    ],
    [
      'signed for another service',
      urlWith({ 'X-Amz-Credential': 'ASIAEXAMPLEEXAMPLE00/20261130/eu-west-1/s3/aws4_request' }),
    ],
    [
      'signed for another day',
      urlWith({ 'X-Amz-Credential': 'ASIAEXAMPLEEXAMPLE00/20261129/eu-west-1/sts/aws4_request' }),
    ],
    ['without a signature', urlWith({ 'X-Amz-Signature': '' })],
    ['more than a minute old', urlWith({ 'X-Amz-Date': '20261130T115929Z' })],
    ['from the future', urlWith({ 'X-Amz-Date': '20261130T120041Z' })],
    ['of a month that there is not', urlWith({ 'X-Amz-Date': '20261330T120000Z' })],
    ['that is no URL', 'nothing'],
  ];
  for (const [what, url] of refused) {
    test(what, async () => {
      const { caller, asked } = await verify(url);
      assert.deepEqual([caller, asked], [undefined, []]);
    });
  }
});

test('IDN-1: nobody is believed whom AWS does not name, or who is of another account', async () => {
  for (const arn of [
    'refused',
    7,
    '',
    'arn:aws:sts::999999999999:assumed-role/reviews/x',
    'arn:aws:iam::123456789012:root',
  ]) {
    assert.equal((await verify(urlWith(), arn)).caller, undefined, String(arn));
  }
});
