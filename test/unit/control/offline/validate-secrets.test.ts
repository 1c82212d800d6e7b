import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateText } from '../../../../lib/control/offline/validate-texts.ts';
import { testPair } from '../../../support/test-certificates.ts';

const [pair, other] = [testPair({ name: 'a' }), testPair({ name: 'a' })];

const warningsOf = (stringData: object): readonly string[] =>
  validateText(
    JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData }),
    'default',
  ).warnings.map(({ code, path, message }) => `${code} ${path}: ${message}`);

test('TC-4: a pair that no proxy could use is told before anything is uploaded', () => {
  assert.deepEqual(warningsOf({ cert: pair.certificate, key: pair.key }), []);
  const [said = ''] = warningsOf({ cert: pair.certificate, key: other.key });
  assert.match(said, /^KEY_MISMATCH data\.key: the private key in "key" does not belong to the certificate/);
  assert.match(
    warningsOf({ 'tls.crt': '', 'tls.key': pair.key }).join(),
    /^EMPTY_VALUE data\["tls.crt"\]: "tls.crt" is empty/,
  );
});

test('nothing is said of a pair whose half is the mask of what is stored', () => {
  assert.deepEqual(warningsOf({ cert: pair.certificate, key: '[masked]' }), []);
});
