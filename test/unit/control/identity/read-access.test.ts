import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preparedAccess } from '../../../../lib/control/identity/prepared-access.ts';
import { readAccess } from '../../../../lib/control/identity/read-access.ts';

const FILE = `
issuers:
  - issuer: https://tokens.example
    audiences: [pilotless]
trustDomains: [cluster.local]
iam:
  accounts: ['123456789012']
  regions: [eu-west-1]
  audience: https://pilotless.example
tokens:
  - name: laptop
    sha256: ${'a'.repeat(64)}
    workload: { namespace: shop, serviceAccount: reviews }
roles:
  - role: editor
    namespaces: [shop]
    secrets: true
    match: [{ issuer: https://tokens.example, claims: { groups: shop } }]
  - role: admin
    match: [{ principal: arn:aws:iam::123456789012:role/ops }]
`;

test('IDN-3: an access file says whose proofs are believed and who may do what', () => {
  const read = readAccess(FILE);
  assert.ok(read.ok);
  const { issuers, roles, hasOpenMetrics } = read.value;
  assert.deepEqual(issuers[0]?.algorithms, ['RS256', 'ES256']);
  assert.deepEqual(issuers[0]?.keys, { from: 'discovery' });
  assert.deepEqual(
    roles.map(({ role, namespaces, mayWriteSecrets }) => [role, namespaces, mayWriteSecrets]),
    [
      ['editor', ['shop'], true],
      ['admin', [], true],
    ],
  );
  assert.equal(hasOpenMetrics, false);
});

test('the prepared form is read as it is, and nothing else is taken for it', () => {
  const read = readAccess(FILE);
  assert.ok(read.ok);
  const text = JSON.stringify(read.value);
  assert.deepEqual(preparedAccess(text), read.value);
  assert.deepEqual(readAccess(text), { ok: true, value: read.value, issues: [] });
  for (const other of [FILE, '', '{}', 'null', '{"format":"x"}'])
    assert.throws(() => preparedAccess(other), /pilotless access FILE/);
});

test('a mistake in an access file is said with its place, and the file is not used', () => {
  for (const [text, expected] of [
    ['', ': the access file is one YAML document'],
    ['{}', ': nobody could prove who they are'],
    ['issuers: [{issuer: https://a.example, audiences: []}]', 'issuers.0.audiences: needs at least one'],
    ['issuers: [{issuer: https://a.example}]', 'issuers.0.audiences: '],
    ['issuers: [{issuer: https://a.example, audiences: [a], algorithms: [none]}]', 'issuers.0.algorithms.0: '],
    ['issuers: [{issuer: https://a.example, audiences: [a], algorithms: [HS256]}]', 'issuers.0.algorithms.0: '],
    ['iam: {accounts: []}', 'iam.accounts: needs at least one'],
    ["iam: {accounts: ['123456789012'], regions: [eu-west-1]}", 'iam.audience: is needed with regions'],
    ['iam: {accounts: [123456789012]}', 'iam.accounts.0: '],
    ['tokens: [{name: a, sha256: secret}]', 'tokens.0.sha256: must be the SHA-256'],
    [`tokens: [{name: a, token: b, sha256: ${'a'.repeat(64)}}]`, 'tokens.0: '],
    [
      `tokens: [{name: a, sha256: ${'a'.repeat(64)}}, {name: a, sha256: ${'b'.repeat(64)}}]`,
      'tokens.1: a is there twice',
    ],
    [
      'trustDomains: [a]\nroles: [{role: editor, match: [{principal: a}]}]',
      'roles.0.namespaces: an editor edits named',
    ],
    ['trustDomains: [a]\nroles: [{role: admin, match: [{}]}]', 'roles.0.match.0: says nobody'],
    [
      'trustDomains: [a]\nroles: [{role: admin, match: [{claims: {a: b}}]}]',
      'roles.0.match.0: has claims of no issuer',
    ],
    [
      'trustDomains: [a]\nroles: [{role: admin, match: [{issuer: b, principal: c}]}]',
      'roles.0.match.0.issuer: b is none',
    ],
    ['trustDomains: [a]\nroles: [{role: reader, secrets: true, match: [{principal: c}]}]', 'roles.0.secrets: a reader'],
    ['trustDomain: [a]', ': Unrecognized key'],
    ['a: [', 'line 1'],
  ] as const) {
    const read = readAccess(text);
    assert.ok(!read.ok, text);
    const said = read.issues.map(({ path, message }) => `${path}: ${message}`);
    assert.ok(
      said.some((each) => each.includes(expected)),
      `${text}\n${said.join('\n')}`,
    );
  }
});
