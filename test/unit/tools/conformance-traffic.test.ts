import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Case } from '../../../tools/conformance/case.ts';
import { judgeDelegation } from '../../../tools/conformance/delegates.ts';
import type { Json } from '../../../tools/conformance/json.ts';
import { judgeTableRoutes } from '../../../tools/conformance/table-routes.ts';
import { judgeTrafficPolicies } from '../../../tools/conformance/traffic-policies.ts';

const recorded = (body: { readonly [key: string]: Json }): Case => ({ file: '', area: '', name: 'case', body });
const document = (kind: string, name: string, spec: Json): Json => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
});

test('merged matches are those that were recorded, or they differ', () => {
  const judged = (expected: Json) =>
    judgeDelegation(
      recorded({
        fn: 'mergeHTTPMatchRequests',
        root: [{ uri: { prefix: '/a' } }],
        delegate: [{ uri: { prefix: '/a/b' }, port: 80 }],
        expected,
      }),
    ).verdict;
  assert.equal(judged({ matches: [{ uri: { prefix: '/a/b' }, port: 80 }] }), 'agrees');
  assert.equal(judged({ matches: [{ uri: { prefix: '/a' }, port: 80 }] }), 'differs');
  assert.equal(judged({ conflict: true, matches: null }), 'differs');
});

test('merged documents are those that were recorded, or they differ', () => {
  const answer = { directResponse: { status: 204 } };
  const root = document('VirtualService', 'root', { hosts: ['a.test'], http: [{ delegate: { name: 'leaf' } }] });
  const leaf = document('VirtualService', 'leaf', { http: [{ ...answer, match: [{ port: 80 }] }] });
  const judged = (http: readonly Json[]) =>
    judgeDelegation(
      recorded({
        fn: 'MergedVirtualServices',
        configs: [root, leaf],
        expected: [document('VirtualService', 'root', { hosts: ['a.test'], http })],
      }),
    ).verdict;
  assert.equal(judged([{ ...answer, match: [{ port: 80 }] }]), 'agrees');
  assert.equal(judged([answer]), 'differs');
  assert.equal(judged([]), 'differs');
});

test('a rule without hosts is merged as a route of its own, or it differs', () => {
  const judged = (name: string) =>
    judgeDelegation(
      recorded({
        fn: 'MergeHTTPRoutes',
        root: { name: 'above', delegate: { name: 'delegate', namespace: 'default' } },
        delegate: [{ name: 'below', directResponse: { status: 204 } }],
        expected: [{ name, directResponse: { status: 204 } }],
      }),
    ).verdict;
  assert.equal(judged('above-below'), 'agrees');
  assert.equal(judged('below'), 'differs');
});

test('each client finds the policy that was recorded for it, or the case differs', () => {
  const selected = { workloadSelector: { matchLabels: { app: 'a' } } };
  const policy = (maxConnections: number): Json => ({ connectionPool: { tcp: { maxConnections } } });
  const rule = (spec: Json): Json => document('DestinationRule', 'one', spec);
  const judged = (maxConnections: number) =>
    judgeTrafficPolicies(
      recorded({
        configs: [rule({ host: 'a.test', trafficPolicy: policy(7), ...selected })],
        expected: {
          namespaceLocal: {
            shop: {
              'a.test': [
                {
                  from: ['shop/one'],
                  rule: rule({ host: 'a.test', trafficPolicy: policy(maxConnections), ...selected }),
                },
              ],
            },
          },
        },
      }),
    ).verdict;
  assert.equal(judged(7), 'agrees');
  assert.equal(judged(8), 'differs');
});

test('a VirtualService has the routes that were recorded, or it differs', () => {
  const judged = (status: number, more: Json = {}) =>
    judgeTableRoutes(
      recorded({
        proxy: { namespace: 'shop' },
        listenPort: 8080,
        virtualService: document('VirtualService', 'one', {
          gateways: ['edge'],
          http: [{ name: 'r', directResponse: { status: 204 } }],
        }),
        expected: [
          {
            name: 'r',
            match: { prefix: '/' },
            directResponse: { status },
            decorator: { operation: 'one:8080/*' },
            metadata: {
              filterMetadata: {
                istio: { config: '/apis/networking.istio.io/v1/namespaces/shop/virtual-service/one' },
              },
            },
            ...(more as object),
          },
        ],
      }),
    ).verdict;
  assert.equal(judged(204), 'agrees');
  assert.equal(judged(205), 'differs');
  assert.equal(judged(204, { route: { hashPolicy: [] } }), 'skipped');
});
