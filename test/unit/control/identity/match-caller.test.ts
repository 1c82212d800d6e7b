import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../../../lib/control/identity/caller.ts';
import { isMeant, roleOf, workloadsOf } from '../../../../lib/control/identity/match-caller.ts';

const ROLE = 'arn:aws:iam::123456789012:role/reviews';
const iam: Caller = { method: 'iam', principal: ROLE, issuer: '', claims: {} };
const bearer: Caller = {
  method: 'bearer',
  principal: 'repo:shop',
  issuer: 'https://a.example',
  claims: { groups: ['ops', 'dev'], email_verified: true, team: 'shop' },
};

test('IDN-1: sessions of a role are the role, whatever its path', () => {
  for (const [arn, expected] of [
    ['arn:aws:sts::123456789012:assumed-role/reviews/i-0abc', ROLE],
    ['arn:aws:iam::123456789012:role/teams/shop/reviews', ROLE],
    [ROLE, ROLE],
    ['arn:aws-cn:sts::123456789012:assumed-role/r/s', 'arn:aws-cn:iam::123456789012:role/r'],
    ['arn:aws:iam::123456789012:user/jo', 'arn:aws:iam::123456789012:user/jo'],
    ['arn:aws:sts::123456789012:assumed-role/reviews', 'arn:aws:sts::123456789012:assumed-role/reviews'],
    ['reviews', 'reviews'],
  ] as const) {
    assert.equal(roleOf(arn), expected, arn);
  }
});

test('IDN-1: all that a match says has to be so, and one that says nothing means nobody', () => {
  for (const [match, caller, expected] of [
    [{ principal: 'arn:aws:iam::123456789012:role/teams/reviews' }, iam, true],
    [{ principal: 'arn:aws:iam::123456789012:role/other' }, iam, false],
    [{}, iam, false],
    [{ issuer: 'https://a.example' }, bearer, false],
    [{ principal: 'repo:shop' }, bearer, false],
    [{ principal: 'repo:shop', issuer: 'https://a.example' }, bearer, true],
    [{ principal: 'repo:shop', issuer: 'https://b.example' }, bearer, false],
    [{ issuer: 'https://a.example', claims: { groups: 'ops' } }, bearer, true],
    [{ issuer: 'https://a.example', claims: { groups: 'ops', team: 'other' } }, bearer, false],
    [{ issuer: 'https://a.example', claims: { email_verified: 'true', team: 'shop' } }, bearer, true],
    [{ issuer: 'https://a.example', claims: { toString: 'x' } }, bearer, false],
    [{ issuer: 'https://a.example', claims: { missing: 'undefined' } }, bearer, false],
    [{ principal: ROLE }, { ...bearer, principal: ROLE }, false],
  ] as const) {
    assert.equal(isMeant([match], caller), expected, JSON.stringify([match, caller.method]));
  }
  assert.equal(isMeant([], iam), false);
});

test('IDN-1: a caller runs as what its proof says, and as what bindings say', () => {
  const own = { namespace: 'shop', serviceAccount: 'own' };
  const bound = { namespace: 'edge', serviceAccount: 'bound', match: [{ principal: ROLE }] };
  const other = { namespace: 'edge', serviceAccount: 'other', match: [{ principal: 'x' }] };
  assert.deepEqual(workloadsOf({ ...iam, workload: own }, [bound, other]), [own, bound]);
  assert.deepEqual(workloadsOf(iam, []), []);
});
