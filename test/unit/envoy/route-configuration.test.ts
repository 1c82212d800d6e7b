import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../../lib/base/brand.ts';
import { plainForward } from '../../../lib/compile/service-routes.ts';
import { encodeForward } from '../../../lib/envoy/route-action.ts';
import { encodeRouteMatch } from '../../../lib/envoy/route-match.ts';
import type { ForwardIr, HashKeyIr } from '../../../lib/ir/route-configuration.ts';

const forward = (changes: Partial<ForwardIr>) => encodeForward({ ...plainForward('c'), ...changes });

const keys: readonly (readonly [key: HashKeyIr, policy: object])[] = [
  [{ on: 'header', name: 'h' }, { header: { headerName: 'h' } }],
  [{ on: 'query-parameter', name: 'q' }, { queryParameter: { name: 'q' } }],
  [{ on: 'source-ip' }, { connectionProperties: { sourceIp: true } }],
  [{ on: 'cookie', name: 'c', path: '', ttl: undefined, attributes: [] }, { cookie: { name: 'c' } }],
  [
    { on: 'cookie', name: 'c', path: '/p', ttl: durationMs(0), attributes: [{ name: 'SameSite', value: 'Strict' }] },
    { cookie: { name: 'c', ttl: '0s', path: '/p', attributes: [{ name: 'SameSite', value: 'Strict' }] } },
  ],
];
for (const [key, policy] of keys) {
  test(`RT-30: a hash key on a ${key.on} is ${JSON.stringify(policy)}`, () =>
    assert.deepEqual(forward({ hashKeys: [key] })['hashPolicy'], [policy]));
}

test('RT-16, RT-33: a gRPC call is bound by the route, or by nothing at all', () => {
  const timeout = durationMs(1500);
  assert.deepEqual(forward({ timeout })['maxGrpcTimeout'], '1.500s');
  const unbound = forward({ grpcTimeoutBound: 'nothing' });
  assert.deepEqual(unbound['maxStreamDuration'], { maxStreamDuration: '0s', grpcTimeoutHeaderMax: '0s' });
  assert.equal('maxGrpcTimeout' in unbound, false);
});

test('RT-9: a missing header counts as empty only where a text is compared', () => {
  const inverted = (match: { type: 'present' } | { type: 'exact'; value: string }) =>
    encodeRouteMatch({
      path: { type: 'prefix', value: '/' },
      mindsCase: undefined,
      headers: [{ name: 'h', match, isInverted: true }],
      queryParams: [],
      claims: [],
    })['headers'];
  assert.deepEqual(inverted({ type: 'present' }), [{ name: 'h', presentMatch: true, invertMatch: true }]);
  assert.deepEqual(inverted({ type: 'exact', value: 'a' }), [
    { name: 'h', stringMatch: { exact: 'a' }, invertMatch: true, treatMissingHeaderAsEmpty: true },
  ]);
});
