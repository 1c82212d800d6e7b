import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashBytes } from '../../../lib/base/hashing.ts';
import { sealFromParts, sealPart, sealResource } from '../../../lib/snapshot/sealed-resource.ts';
import { route } from '../../support/envoy-resources.ts';

const hosts = [
  { name: 'ä', domains: ['ä.example'], routes: [{ match: { prefix: '/' }, route: { cluster: 'one' } }] },
  { name: 'b', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'one' } }] },
  { name: 'c', domains: ['c'], routes: [{ match: { prefix: '/' }, route: { cluster: 'two' } }] },
];
const settings = { name: 'r', zebra: true, validateClusters: false };

test('SNAP-2: a resource put together from parts is the same as one that was worded whole', () => {
  const rest = { type: 'routes', name: 'r', body: settings } as const;
  const parts = hosts.map((host) => sealPart('routes', host.name, host));
  const whole = sealResource({ ...rest, body: { ...settings, virtualHosts: hosts } });
  assert.deepEqual(sealFromParts(rest, 'virtualHosts', parts), whole);
});

test('SNAP-2: without parts the member is left out', () => {
  const rest = { type: 'routes', name: 'r', body: settings } as const;
  assert.deepEqual(sealFromParts(rest, 'virtualHosts', []), sealResource(rest));
});

test('SNAP-1: a sealed resource is named by the hash of its text and knows what it refers to', () => {
  const sealed = sealResource(route('r', 'a'));
  assert.equal(sealed.hash, hashBytes(sealed.text));
  assert.equal(sealed.bytes, Buffer.byteLength(sealed.text));
  assert.deepEqual(sealed.references, [{ type: 'clusters', name: 'a' }]);
});
