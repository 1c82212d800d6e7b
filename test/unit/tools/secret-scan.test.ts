import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { readAudit } from '../../../tools/checks/audit.ts';
import { secretsIn } from '../../../tools/checks/secret-scan.ts';

test('keys are found by their form, wherever they stand, and are not printed', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const letters = 'a1B2'.repeat(10);
  for (const [text, what] of [
    [pem, 'a private key'],
    [JSON.stringify({ key: pem }), 'a private key'],
    [`key: AKIA${'Q7'.repeat(8)}`, 'an access key of AWS'],
    [`aws_secret_access_key = ${letters}`, 'a secret key of AWS'],
    [`ghp_${letters}`, 'a token of GitHub'],
    [`npm_${letters.slice(0, 36)}`, 'a token of npm'],
    [`eyJ${letters}.eyJ${letters}.${letters}`, 'a signed token (JWT)'],
  ] as const) {
    assert.deepEqual(secretsIn(`first\n${text}`), [`line 2: ${what}`]);
  }
});

test('what only names keys, or is an example by its name, is no key', () => {
  for (const text of [
    '-----BEGIN PRIVATE KEY-----',
    'AKIAIOSFODNN7EXAMPLE',
    'a'.repeat(64),
    'aws_secret_access_key = not-a-real-key',
  ]) {
    assert.deepEqual(secretsIn(text), [], text);
  }
});

test('an audit that could not be made says so, and is none without findings', () => {
  assert.deepEqual(readAudit('npm error audit\n{"message": "405 Method Not Allowed", "error": {"summary": ""}}\n'), {
    unknown: '405 Method Not Allowed',
  });
  assert.deepEqual(readAudit(''), { unknown: 'npm said nothing' });
  assert.deepEqual(readAudit('{"vulnerabilities": {}}'), { found: [] });
  const bad = { a: { severity: 'high', range: '<2' }, b: { severity: 'low' } };
  assert.deepEqual(readAudit(JSON.stringify({ vulnerabilities: bad })), { found: ['a <2: high'] });
});
