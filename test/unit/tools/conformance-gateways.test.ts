import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../tools/conformance/json.ts';
import { judgeGatewayMerge } from '../../../tools/conformance/gateway-merge.ts';

const server = (name: string, host: string, tls?: Json): Json => ({
  port: { number: 80, name, protocol: 'http' },
  hosts: [host],
  ...(tls !== undefined && { tls }),
});
const gateway = (name: string, ...servers: Json[]): Json => ({
  gateway: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace: 'edge' },
    spec: { selector: { for: name }, servers },
  },
  instances: [],
});

/** Two Gateways of one port, merged as they should be but for what is given. */
function judged(changes: { readonly [member: string]: Json } = {}) {
  const [first, second] = [server('a', 'a.test'), server('b', 'b.test', { httpsRedirect: true })];
  const expected = {
    mergedServers: { '80|http|': { routeName: 'http.80', servers: [first, second] } },
    serversByRouteName: { 'http.80': [first, second] },
    tlsServerInfo: [{ server: second, sniHosts: ['b.test'], routeName: 'http.80' }],
    gatewayNameForServer: [
      { gateway: 'edge/one', server: first },
      { gateway: 'edge/two', server: second },
    ],
    portMap: { '80': ['80'] },
    autoPassthroughSNIHosts: null,
    ...changes,
  };
  const body = { proxy: {}, gateways: [gateway('one', first), gateway('two', second)], expected };
  return judgeGatewayMerge({ file: '', area: '', name: 'case', body });
}

test('Gateways are merged as recorded', () => assert.deepEqual(judged(), { verdict: 'agrees', checks: 7 }));

const first = server('a', 'a.test');
const differences: readonly [string, { readonly [member: string]: Json }][] = [
  ['servers of 80|http|', { mergedServers: { '80|http|': { servers: [first] } } }],
  ['routes', { serversByRouteName: { 'http.81': [first] } }],
  ['server names', { tlsServerInfo: [] }],
  ['gateways', { gatewayNameForServer: [{ gateway: 'edge/two', server: first }] }],
  ['ports', { portMap: { '80': ['81'] } }],
  ['secrets', { verifiedCertificateReferences: ['kubernetes-gateway://edge/a'] }],
  ['names passed on', { autoPassthroughSNIHosts: ['*.test'] }],
];
for (const [what, changes] of differences) {
  test(`${what} that are not as recorded differ`, () => {
    const verdict = judged(changes);
    assert.ok(verdict.verdict === 'differs' && verdict.first.startsWith(what), JSON.stringify(verdict));
  });
}

test('a case with instances is not asked', () => {
  const body = { gateways: [{ instances: [{}] }], expected: {} };
  assert.equal(judgeGatewayMerge({ file: '', area: '', name: 'case', body }).verdict, 'skipped');
});
