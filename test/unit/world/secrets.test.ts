import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memorySecretBox } from '../../../lib/adapters/memory/memory-secret-box.ts';
import type { TlsSecret } from '../../../lib/model/tls-secret.ts';
import { readSecretGrants, readSecrets } from '../../../lib/world/secrets.ts';
import { resourcesOf } from '../../support/documents.ts';
import { testAuthority } from '../../support/test-certificates.ts';
import { document, secretOf, storedResourcesOf } from '../../support/tls-secrets.ts';

const authority = testAuthority('roots');
const { certificate, key } = authority.issue('a.example');

const only = (secrets: ReturnType<typeof readSecrets>, name = 's'): TlsSecret => {
  const found = secrets.get('default')?.get(name);
  assert.ok(found);
  return found;
};
const read = (values: Readonly<Record<string, string>>): TlsSecret =>
  only(readSecrets(resourcesOf(secretOf('s', values))));
const decoded = (value: object | undefined): string => {
  const { base64 = '' } = (value ?? {}) as { readonly base64?: string };
  return Buffer.from(base64, 'base64').toString();
};

describe('SDS-6, TC-3: where the parts of a Secret are', () => {
  test('under the names of kubernetes.io/tls', () => {
    const { pair, trust } = read({ 'tls.crt': certificate, 'tls.key': key, 'ca.crt': authority.certificate });
    assert.ok(pair.state === 'served' && trust.state === 'served');
    assert.equal(decoded(pair.values.certificate), certificate);
    assert.equal(decoded(pair.values.key), key);
    assert.equal(decoded(trust.values.authorities), authority.certificate);
  });

  test('under the names of generic ones', () => {
    const { pair, trust } = read({ cert: certificate, key, cacert: authority.certificate });
    assert.deepEqual([pair.state, trust.state], ['served', 'served']);
  });

  const broken: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    ['a key that is missing', { 'tls.crt': certificate }, /"tls.key" is missing \(found "tls.crt"\)/],
    ['a key that is empty', { 'tls.crt': certificate, 'tls.key': '' }, /"tls.key" is empty/],
    ['another key', { 'tls.crt': certificate, 'tls.key': authority.issue('b').key }, /does not belong to/],
    ['nothing of the kind', { a: '1', b: '2', c: '3', d: '4' }, /found "a", "b", "c" and 1 more/],
  ];
  for (const [name, values, problem] of broken) {
    test(name, () => {
      const { pair } = read(values);
      assert.equal(pair.state, 'missing');
      assert.match(pair.problem, problem);
    });
  }
});

test('STO-9: of a stored Secret nothing but sealed values goes on', async () => {
  const stored = await storedResourcesOf(
    memorySecretBox(),
    secretOf('s', { 'tls.crt': certificate, 'tls.key': key, 'ca.crt': authority.certificate }),
  );
  const secret = only(readSecrets(stored));
  assert.ok(secret.pair.state === 'served' && secret.trust.state === 'served');
  assert.deepEqual(
    [secret.pair.values.key, secret.trust.values.authorities].map((value) => value.form === 'sealed' && value.place),
    ['Secret/default/s/tls.key', 'Secret/default/s/ca.crt'],
  );
  assert.doesNotMatch(JSON.stringify(secret), /BEGIN/);
});

test('SDS-4: a ConfigMap has authorities and nothing else', () => {
  const data = { 'ca.crt': authority.certificate, 'tls.key': key, 'tls.crt': certificate };
  const configMap = document({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 's' }, data });
  const { pair, trust } = only(readSecrets(resourcesOf(configMap)));
  assert.deepEqual([pair.state, trust.state], ['missing', 'served']);
});

test('TC-5: grants of one namespace add up', () => {
  const grant = (name: string, serviceAccounts: readonly string[]): string =>
    document({ apiVersion: 'pilotless.dev/v1', kind: 'SecretGrant', metadata: { name }, spec: { serviceAccounts } });
  const grants = readSecretGrants(resourcesOf(grant('x', ['a']) + grant('y', ['b'])));
  assert.deepEqual(grants, new Map([['default', new Set(['a', 'b'])]]));
});
