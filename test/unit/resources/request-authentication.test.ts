import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keySetName } from '../../../lib/resources/key-set-name.ts';
import { findingsOf, testFindings } from '../../support/findings.ts';

const rule = (members: object): object => ({ jwtRules: [{ issuer: 'https://login.example.com', ...members }] });
const at = 'spec.jwtRules[0]';
const keys = '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}';

testFindings('RequestAuthentication', [
  ['VAL-14', {}, 'fine'],
  ['VAL-14', { jwtRules: [] }, 'fine'],
  ['VAL-14', rule({}), 'fine'],
  ['VAL-14', { jwtRules: [{ jwksUri: 'https://login.example.com/keys' }] }, 'fine'],
  ['VAL-14', { jwtRules: [{}] }, `error ${at}: issuer or jwksUri must be non-empty`],
  ['VAL-14', { jwtRules: [{ issuer: '', jwksUri: 'https://a' }] }, `error ${at}.issuer: must not be empty`],
  ['VAL-14', { jwtRules: [null] }, `error ${at}`],
  ['VAL-14', rule({ audiences: ['a', ''] }), `error ${at}.audiences[1]: must not be empty`],
  ['VAL-14', rule({ fromParams: [''] }), `error ${at}.fromParams[0]: must not be empty`],
  ['VAL-14', rule({ fromCookies: ['a', ''] }), `error ${at}.fromCookies[1]: must not be empty`],
  ['VAL-14', rule({ fromHeaders: [{ prefix: 'x' }] }), `error ${at}.fromHeaders[0].name: header name cannot be empty`],
  ['VAL-14', rule({ fromHeaders: [{ name: 'a b' }] }), `error ${at}.fromHeaders[0].name: header name a b is not`],
  [
    'VAL-14',
    rule({ fromHeaders: [{ name: 'a', prefix: 'b\r\n' }] }),
    `error ${at}.fromHeaders[0].prefix: must be of one`,
  ],
  ['VAL-14', rule({ jwksUri: 'keys.example.com' }), `error ${at}.jwksUri: URI scheme "" is not supported`],
  ['JWKS-17', rule({ jwksUri: 'ftp://keys.example.com' }), `error ${at}.jwksUri: URI scheme "ftp" is not supported`],
  [
    'JWKS-17',
    rule({ jwksUri: 'https://keys.example.com:x/' }),
    `error ${at}.jwksUri: "https://keys.example.com:x/" is no`,
  ],
  ['JWKS-17', rule({ jwksUri: 'https://keys.example.com:99999/' }), `error ${at}.jwksUri: `],
  ['JWKS-17', rule({ jwksUri: 'http://keys.example.com' }), 'fine'],
  ['VAL-14', rule({ jwksUri: 'https://me:pw@a' }), `error ${at}.jwksUri: must not name a user`],
  ['VAL-14', rule({ jwksUri: `https://a/${'x'.repeat(2_048)}` }), `error ${at}.jwksUri: must have at most 2048`],
  ['VAL-14', rule({ jwks: 'none' }), `error ${at}.jwks: jwks parse error: it is no JSON`],
  ['VAL-14', rule({ jwks: '{}' }), `error ${at}.jwks: jwks parse error: it has no list`],
  [
    'VAL-14',
    rule({ jwks: '{"keys":[{"kty":"x"}]}' }),
    `error ${at}.jwks: jwks parse error: keys[0]: its kty is none of`,
  ],
  [
    'VAL-14',
    rule({ jwks: '{"keys":[{"kty":"RSA","e":"AQAB"}]}' }),
    `error ${at}.jwks: jwks parse error: keys[0]: it has no n`,
  ],
  ['VAL-14', rule({ jwks: keys, jwksUri: 'https://a' }), `error ${at}: only one of jwks or jwksUri can be set`],
  ['VAL-16', rule({ jwks: keys }), `warning ${at}.jwks: keys[0] contains private key material`],
  ['JWKS-7', rule({ jwks: '{"keys":[]}' }), `warning ${at}.jwks: has no key that a signature can be checked with`],
  [
    'VAL-15',
    rule({ outputClaimToHeaders: [{}] }),
    `error ${at}.outputClaimToHeaders[0]: outputClaimToHeaders header and claim`,
  ],
  [
    'VAL-15',
    rule({ outputClaimToHeaders: [{ header: 'x' }] }),
    `error ${at}.outputClaimToHeaders[0]: outputClaimToHeaders header`,
  ],
  [
    'VAL-15',
    rule({ outputClaimToHeaders: [{ header: ':path', claim: 'a' }] }),
    `error ${at}.outputClaimToHeaders[0].header: header name :path`,
  ],
  ['VAL-15', rule({ outputClaimToHeaders: [{ header: 'x-a_B1', claim: 'a.b' }] }), 'fine'],
  ['VAL-15', rule({ outputPayloadToHeader: 'x y' }), `error ${at}.outputPayloadToHeader: header name x y is not`],
  ['VAL-15', rule({ timeout: '0s' }), `error ${at}.timeout: duration must be greater than 1ms`],
  ['VAL-15', rule({ timeout: '1.0005s' }), `error ${at}.timeout: only durations to ms precision`],
  ['VAL-15', rule({ timeout: '1ms' }), 'fine'],
  ['VAL-15', rule({ spaceDelimitedClaims: [''] }), `error ${at}.spaceDelimitedClaims[0]: must not be empty`],
  [
    'VAL-15',
    rule({ spaceDelimitedClaims: new Array(65).fill('a') }),
    `error ${at}.spaceDelimitedClaims: must have at most 64`,
  ],
  ['VAL-15', rule({ presence: 'ALWAYS' }), `error ${at}.presence`],
  ['VAL-15', rule({ presence: 'REQUIRED' }), 'fine'],
  ['VAL-2', { selector: {}, targetRef: { kind: 'Service', name: 'a' } }, 'error spec: only one of targetRefs'],
  ['VAL-3', { selector: {} }, 'warning spec.selector: workload selector specified without labels'],
  ['VAL-4', { targetRef: { kind: 'Service' } }, 'error spec.targetRef.name: targetRef name must be set'],
]);

const name = keySetName({ issuer: 'a', jwksUri: '' });
testFindings('KeySet', [
  ['JWKS-1', { issuer: 'a', jwks: keys }, 'fine', { name }],
  ['JWKS-1', { issuer: 'b', jwks: keys }, `error metadata.name: the keys of this issuer at this address are`, { name }],
  ['JWKS-6', { issuer: 'a', jwks: 'none' }, 'error spec.jwks: jwks parse error: it is no JSON', { name }],
]);

test('JWKS-1: keys are told apart by issuer and address together', () => {
  const names = [
    { issuer: 'a', jwksUri: '' },
    { issuer: '', jwksUri: 'a' },
    { issuer: 'a', jwksUri: 'a' },
    { issuer: 'a","', jwksUri: '' },
  ].map(keySetName);
  assert.equal(new Set(names).size, names.length);
  for (const each of names) assert.match(each, /^keys-[0-9a-f]{32}$/);
});

test('no message repeats the keys', () => {
  const marker = 'marker-5551234';
  for (const jwks of [marker, `{"keys":[{"kty":"oct","k":"","d":"${marker}"}]}`, `{"keys":["${marker}"]}`]) {
    assert.ok(!findingsOf('RequestAuthentication', rule({ jwks })).join().includes(marker));
  }
});
