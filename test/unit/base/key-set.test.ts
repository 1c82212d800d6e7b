import assert from 'node:assert/strict';
import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { test } from 'node:test';
import {
  haveKeysChanged,
  isPrivateKey,
  isUsableKey,
  publicKeySet,
  readKeySet,
  type WebKey,
} from '../../../lib/base/key-set.ts';

const made = (
  pair: { readonly publicKey: { export(options: { format: 'jwk' }): JsonWebKey } },
  more: WebKey = {},
): WebKey => ({ ...pair.publicKey.export({ format: 'jwk' }), ...more });
const rsa = made(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const curve = (namedCurve: string): WebKey => made(generateKeyPairSync('ec', { namedCurve }));
const ed25519 = made(generateKeyPairSync('ed25519'));
const secret = { kty: 'oct', k: 'c2VjcmV0' };

test('JWKS-7: keys that Envoy can check signatures with: RSA, EC of three curves, Ed25519, oct', () => {
  for (const key of [rsa, curve('P-256'), curve('P-384'), curve('P-521'), ed25519, secret]) {
    assert.ok(isUsableKey(key), JSON.stringify(key));
    assert.ok(isUsableKey({ ...key, kid: 'one', use: 'sig' }));
  }
});

test('JWKS-7: keys that it cannot: parts that are missing, undecodable, off the curve, or for another algorithm', () => {
  const point = curve('P-256');
  const unusable: readonly WebKey[] = [
    {},
    { kty: 'constructor' },
    { kty: 'RSA' },
    { ...rsa, n: 'not base64url!' },
    { ...rsa, n: 'AQAB' },
    { ...rsa, e: 'AQ' },
    { ...rsa, e: 'AAAA' },
    { ...rsa, alg: 'ES256' },
    { ...rsa, alg: 256 },
    { ...rsa, kid: 1 },
    { ...point, x: point['y'], y: point['x'] },
    { ...point, crv: 'P-384' },
    { ...point, alg: 'ES384' },
    curve('secp256k1'),
    { ...ed25519, crv: 'X25519' },
    { ...ed25519, x: 'AAAA' },
    { ...secret, k: '' },
    { ...secret, alg: 'RS256' },
  ];
  for (const key of unusable) assert.ok(!isUsableKey(key), JSON.stringify(key));
});

test('JWKS-6: a key set is a JSON object with a list of objects called keys, or one key', () => {
  const problems: readonly (readonly [string, string | undefined])[] = [
    ['{"keys":[]}', undefined],
    [JSON.stringify({ keys: [rsa, secret], more: 1 }), undefined],
    [JSON.stringify(rsa), undefined],
    ['', 'it is no JSON'],
    ['<html>', 'it is no JSON'],
    ['[]', 'it is no JSON object'],
    ['{}', 'it has no list called "keys"'],
    ['{"keys":{}}', 'it has no list called "keys"'],
    ['{"keys":[1]}', 'keys[0] is no object'],
    [`{"keys":[],"deep":${'['.repeat(30)}${']'.repeat(30)}}`, 'it is nested more than 20 deep'],
    ['{"keys":[],"a":"\\ud800"}', 'it has characters that are none'],
    [JSON.stringify({ keys: new Array(1_001).fill(secret) }), 'it has more than 1000 keys'],
  ];
  for (const [text, problem] of problems) assert.equal(readKeySet(text).problem, problem, text.slice(0, 60));
});

test('VAL-16: private parts are seen, and proxies are not given them', () => {
  const whole = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  assert.deepEqual([rsa, whole, secret].map(isPrivateKey), [false, true, true]);
  const text = JSON.stringify({ keys: [{ ...whole, kid: 'a' }] });
  const given = readKeySet(publicKeySet(text, readKeySet(text).keys)).keys;
  assert.deepEqual(given, [{ kty: 'RSA', n: whole.n, e: whole.e, kid: 'a' }]);
});

test('proxies are given the text as it was written, but where Envoy would not read it', () => {
  const given = (text: string): string => publicKeySet(text, readKeySet(text).keys);
  const plain = `{\n  "keys": [ {"kty": "oct", "k": "c2VjcmV0", "note": "a \\" b"} ]\n}\n`;
  assert.equal(given(plain), plain);
  assert.equal(given('{"keys":[{"kty":"oct","k":"AAAA","k":"c2VjcmV0"}]}'), JSON.stringify({ keys: [secret] }));
  assert.equal(given(JSON.stringify(secret)), JSON.stringify({ keys: [secret] }));
});

test('JWKS-11: keys have changed when they are others, whatever their order and that of their members', () => {
  const [one, two] = [
    { kid: 'a', ...rsa },
    { kid: 'b', ...secret },
  ];
  const before = JSON.stringify({ keys: [one, two] });
  assert.ok(!haveKeysChanged(before, [one, two]));
  assert.ok(!haveKeysChanged(before, [{ ...secret, kid: 'b' }, one]));
  assert.ok(haveKeysChanged(before, [one]));
  assert.ok(haveKeysChanged(before, [one, { ...two, kid: 'c' }]));
  for (const old of ['', '{}', '{"keys":1}']) assert.ok(haveKeysChanged(old, []), old);
});
