import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsOf, testFindings } from '../../../support/findings.ts';

const grpc = (method: object): object => ({ rules: [{ matches: [{ method }] }] });
const at = 'spec.rules[0].matches[0].method';

testFindings('GRPCRoute', [
  ['GA-21', grpc({ service: 'shop.v1.Cart', method: 'Get' }), 'fine'],
  ['GA-21', grpc({}), `error ${at}: one or both of 'service' or 'method'`],
  ['GA-21', grpc({ service: 'shop/v1' }), `error ${at}.service: service must be a full gRPC name`],
  ['GA-21', grpc({ method: 'Get-It' }), `error ${at}.method: method must be a name`],
  ['GA-21', grpc({ type: 'RegularExpression', service: 'shop/.*', method: 'Get|Put' }), 'fine'],
  ['GA-21', grpc({ type: 'RegularExpression', method: '(' }), `error ${at}.method: `],
  [
    'GA-21',
    { rules: [{ filters: [{ type: 'URLRewrite', urlRewrite: {} }] }] },
    'error spec.rules[0].filters[0].type: the text "URLRewrite" is not a value of this field',
  ],
]);

const rules = [{ backendRefs: [{ name: 'a', port: 443 }] }];

testFindings('TLSRoute', [
  ['GA-22', { hostnames: ['a.b', '*.c.d'], rules }, 'fine'],
  ['GA-22', { hostnames: ['1.2.3.4'], rules }, 'error spec.hostnames[0]: hostnames cannot contain an IP'],
  ['GA-22', { hostnames: ['a.b'], rules: [...rules, ...rules] }, 'error spec.rules: '],
  ['GA-22', { hostnames: ['a.b'] }, 'error spec.rules: '],
  ['GA-22', { hostnames: ['a.b'], rules: [{ backendRefs: [] }] }, 'error spec.rules[0].backendRefs: '],
]);

testFindings('TCPRoute', [
  ['GA-22', { rules }, 'fine'],
  ['GA-22', { rules: [{ backendRefs: [{ name: 'a' }] }] }, 'error spec.rules[0].backendRefs[0].port: must have port'],
  ['GA-22', { hostnames: ['a.b'], rules }, 'error spec.hostnames: unknown field "hostnames"'],
]);

test('a route is told all that is wrong with it at once', () => {
  const said = findingsOf('HTTPRoute', {
    parentRefs: [{ name: 'a' }, { name: 'a' }],
    hostnames: ['A.b'],
    rules: [{ matches: [{ path: { value: 'x' }, method: 'get' }], filters: [{ type: 'CORS' }] }],
  });
  const places = said.map((text) => text.split(':')[0]);
  assert.deepEqual(places, [
    'error spec.hostnames[0]',
    'error spec.rules[0].matches[0].method',
    'error spec.parentRefs[0]',
    'error spec.parentRefs[1]',
    'error spec.rules[0].matches[0].path.value',
    'error spec.rules[0].filters[0].cors',
  ]);
});
