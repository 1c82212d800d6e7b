import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { ACMClient, ExportCertificateCommand } from '@aws-sdk/client-acm';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { awsSecretSources } from '../../../../lib/adapters/aws/aws-secret-sources.ts';
import { valuesInText } from '../../../../lib/adapters/aws/secret-text.ts';
import { SecretSourceFailed } from '../../../../lib/ports/secret-sources.ts';
import { testAuthority } from '../../../support/test-certificates.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-Ab12Cd';
const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/ab-12';
const authority = testAuthority('authority');
const pair = authority.issue('shop');
const access = { region: 'x', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };

function setUp() {
  const regions: string[] = [];
  const [manager, acm] = [new SecretsManagerClient(access), new ACMClient(access)];
  const sources = awsSecretSources({
    secretsManager: (region) => {
      regions.push(region);
      return manager;
    },
    acm: (region) => {
      regions.push(region);
      return acm;
    },
  });
  return { sources, regions, manager: mockClient(manager), acm: mockClient(acm) };
}

const texts = (values: ReadonlyMap<string, Uint8Array>): object =>
  Object.fromEntries([...values].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));

test('a text of Secrets Manager has the members of its object, a pair in PEM, or one value', () => {
  const { certificate, key } = pair;
  assert.deepEqual(texts(valuesInText('{"user": "a", "port": 5432}')), { user: 'a', port: '5432' });
  const bundle = { 'tls.crt': certificate + authority.certificate, 'tls.key': key };
  assert.deepEqual(texts(valuesInText(`${key}${certificate}\n${authority.certificate}`)), bundle);
  assert.deepEqual(texts(valuesInText(authority.certificate)), { 'ca.crt': authority.certificate });
  assert.deepEqual(texts(valuesInText('hunter2')), { value: 'hunter2' });
  assert.deepEqual(texts(valuesInText('["a"]')), { value: '["a"]' });
  assert.equal(valuesInText('').size, 0);
});

test('a secret is asked for in the region of its ARN', async () => {
  const { sources, regions, manager } = setUp();
  manager.on(GetSecretValueCommand, { SecretId: SECRET }).resolves({ SecretString: '{"password": "x"}' });
  assert.deepEqual(texts(await sources.fetch({ kind: 'secrets-manager', arn: SECRET })), { password: 'x' });
  assert.deepEqual(regions, ['eu-west-1']);
  manager.on(GetSecretValueCommand).resolves({ SecretBinary: Uint8Array.from([1]) });
  assert.deepEqual(
    [...(await sources.fetch({ kind: 'secrets-manager', arn: SECRET }))],
    [['value', Uint8Array.from([1])]],
  );
  manager.on(GetSecretValueCommand).resolves({});
  await assert.rejects(sources.fetch({ kind: 'secrets-manager', arn: SECRET }), /the secret has no value/);
});

test('a certificate of ACM comes with its chain and its key, which only the passphrase of this request opens', async () => {
  const { sources, regions, acm } = setUp();
  const passphrases = new Set<string>();
  acm.on(ExportCertificateCommand).callsFake(({ Passphrase }: { readonly Passphrase: Uint8Array }) => {
    const passphrase = Buffer.from(Passphrase);
    passphrases.add(passphrase.toString());
    const how = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;
    const PrivateKey = createPrivateKey(pair.key).export(how);
    return { Certificate: pair.certificate, CertificateChain: authority.certificate, PrivateKey };
  });
  const address = { kind: 'acm', arn: CERTIFICATE } as const;
  const expected = { 'tls.crt': pair.certificate + authority.certificate, 'tls.key': pair.key };
  assert.deepEqual(texts(await sources.fetch(address)), expected);
  await sources.fetch(address);
  assert.equal(passphrases.size, 2);
  assert.deepEqual(regions, ['us-east-1', 'us-east-1']);
});

test('a refusal says what to do, and no message has a value in it', async () => {
  const { sources, manager } = setUp();
  for (const [name, reason, said] of [
    ['ResourceNotFoundException', 'NotFound', /check the ARN and its region/],
    ['AccessDeniedException', 'AccessDenied', /allow it secretsmanager:GetSecretValue/],
    ['DecryptionFailure', 'AccessDenied', /kms:Decrypt/],
    ['TimeoutError', 'Unavailable', /AWS did not hand it out \(TimeoutError\)/],
  ] as const) {
    manager.on(GetSecretValueCommand).rejects(Object.assign(new Error('marker'), { name }));
    await assert.rejects(sources.fetch({ kind: 'secrets-manager', arn: SECRET }), (error) => {
      assert.ok(error instanceof SecretSourceFailed);
      assert.equal(error.reason, reason);
      assert.match(error.message, said);
      assert.ok(!error.message.includes('marker'));
      return true;
    });
  }
});
