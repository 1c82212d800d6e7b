import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimPath } from '../../../lib/base/claim-header.ts';

for (const [header, path] of [
  ['@request.auth.claims.group', ['group']],
  ['@request.auth.claims.a.b', ['a', 'b']],
  ['@Request.Auth.CLAIMS.Group', ['Group']],
  ['@request.auth.claims[a.b]', ['a.b']],
  ['@request.auth.claims[https://x/roles][admin]', ['https://x/roles', 'admin']],
  ['@request.auth.claims.a..b', ['a', '', 'b']],
  ['@request.auth.claims', undefined],
  ['@request.auth.claims.', undefined],
  ['@request.auth.claims[]', undefined],
  ['@request.auth.claims[a', undefined],
  ['@request.auth.claims[a].b', undefined],
  ['@request.auth.claims-x', undefined],
  ['x-@request.auth.claims.a', undefined],
  ['group', undefined],
] as const) {
  test(`CLAIM-1, CLAIM-5, RT-11: ${header} ${path === undefined ? 'is no claim' : `leads to ${path.join(' > ')}`}`, () =>
    assert.deepEqual(claimPath(header), path));
}
