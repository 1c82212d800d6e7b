import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRouteMatch } from '../../../lib/envoy/route-match.ts';
import { compileMatch, isCatchAll } from '../../../lib/compile/route-match.ts';
import { readHttpMatch } from '../../../lib/world/http-matches.ts';
import type { HttpMatchRequest } from '../../../lib/resources/virtual-service-spec.ts';

const matchOf = (written: HttpMatchRequest) => compileMatch(readHttpMatch(written), { isOfGatewayApi: false });
const encoded = (written: HttpMatchRequest): unknown => encodeRouteMatch(matchOf(written))['dynamicMetadata'];
const claim = (path: readonly string[], text: object): object => ({
  filter: 'envoy.filters.http.jwt_authn',
  path: ['payload', ...path].map((key) => ({ key })),
  value: { orMatch: { valueMatchers: [{ listMatch: { oneOf: { stringMatch: text } } }, { stringMatch: text }] } },
});

test('CLAIM-1, CLAIM-2, RT-11: a claim is looked for in the checked token, as a text or in a list', () => {
  assert.deepEqual(encoded({ headers: { '@request.auth.claims.group': { exact: 'a' } } }), [
    claim(['group'], { exact: 'a' }),
  ]);
  assert.deepEqual(encoded({ headers: { '@request.auth.claims[a.b][c]': { prefix: 'x' } } }), [
    claim(['a.b', 'c'], { prefix: 'x' }),
  ]);
  assert.deepEqual(encoded({ headers: { '@request.auth.claims.a.b': { regex: 'x.*' } } }), [
    claim(['a', 'b'], { safeRegex: { regex: 'x.*' } }),
  ]);
});

test('CLAIM-2: withoutHeaders inverts, and a condition without a value asks for the claim alone', () => {
  const [inverted] = encoded({ withoutHeaders: { '@request.auth.claims.group': { exact: 'a' } } }) as object[];
  assert.deepEqual(inverted, { ...claim(['group'], { exact: 'a' }), invert: true });
  const [present] = encoded({ headers: { '@request.auth.claims.group': {} } }) as { value: object }[];
  assert.deepEqual(present?.value, { presentMatch: true });
});

test('CLAIM-1: what is no claim stays a header, and a match on a claim is no match of everything', () => {
  const { headers, claims } = matchOf({
    headers: {
      '@request.auth.claims.a': { exact: 'a' },
      'x-a': { exact: 'b' },
      '@request.auth.claims': { exact: 'c' },
    },
  });
  assert.deepEqual(
    [headers.map(({ name }) => name), claims.map(({ path }) => path)],
    [['@request.auth.claims', 'x-a'], [['a']]],
  );
  assert.ok(!isCatchAll(matchOf({ headers: { '@request.auth.claims.a': {} } })));
});
