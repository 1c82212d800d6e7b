import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Case } from '../../../tools/conformance/case.ts';
import { judgeResources } from '../../../tools/conformance/compare-resources.ts';
import { chooseFilterChain } from '../../../tools/conformance/filter-chain-choice.ts';
import type { Json } from '../../../tools/conformance/json.ts';
import { judgeSimulation } from '../../../tools/conformance/simulation.ts';

const manager = (routeConfigName: string): Json => ({
  name: 'envoy.filters.network.http_connection_manager',
  typedConfig: { rds: { routeConfigName } },
});
const tcp = (cluster: string): Json => ({ name: 'envoy.filters.network.tcp_proxy', typedConfig: { cluster } });
const socket = (address: string, portValue: number): Json => ({ socketAddress: { address, portValue } });
const wildcard = {
  name: '0.0.0.0_80',
  address: socket('0.0.0.0', 80),
  listenerFilters: [{ name: 'envoy.filters.listener.http_inspector' }],
  filterChains: [
    {
      name: 'http',
      filterChainMatch: { transportProtocol: 'raw_buffer', applicationProtocols: ['http/1.1', 'h2c'] },
      filters: [manager('80')],
    },
  ],
  defaultFilterChain: { name: 'rest', filters: [tcp('PassthroughCluster')] },
};
const routes = [
  {
    name: '80',
    ignorePortInHostMatching: true,
    virtualHosts: [
      {
        name: 'any',
        domains: ['*'],
        routes: [{ name: 'any', match: { prefix: '/' }, route: { cluster: 'PassthroughCluster' } }],
      },
      {
        name: 'a:80',
        domains: ['a.test'],
        routes: [
          { match: { path: '/x' }, route: { cluster: 'x' } },
          { match: { prefix: '/' }, route: { cluster: 'a' } },
        ],
      },
      { name: 'b:80', domains: ['*.b.test'], requireTls: 'ALL', routes: [] },
    ],
  },
];

const calling = (call: Json, expected: Json): Case => ({
  file: '',
  area: 'simulation',
  name: 'case',
  body: { calls: [{ name: 'call', call, expected }] },
});

const calls: readonly [string, Json, Json][] = [
  ['an exact host, its port ignored', { port: 80, protocol: 'http', hostHeader: 'a.test:80' }, { clusterMatched: 'a' }],
  [
    'the first route that fits the path',
    { port: 80, protocol: 'http', hostHeader: 'a.test', path: '/x' },
    { clusterMatched: 'x' },
  ],
  ['another host', { port: 80, protocol: 'http', hostHeader: 'c.test' }, { virtualHostMatched: 'any' }],
  ['a host that wants TLS', { port: 80, protocol: 'http', hostHeader: 'www.b.test' }, { error: 'ErrTLSRedirect' }],
  [
    'bytes that are not HTTP',
    { port: 80, protocol: 'tcp' },
    { filterChainMatched: 'rest', clusterMatched: 'PassthroughCluster' },
  ],
  ['a port nobody listens on', { port: 81, protocol: 'http' }, { error: 'ErrNoListener' }],
];

for (const [name, call, expected] of calls) {
  test(`a simulated call meets what Envoy would give it: ${name}`, () => {
    const rendered = { listeners: [wildcard], routes };
    assert.deepEqual(judgeSimulation(calling(call, expected), rendered), { verdict: 'agrees', checks: 1 });
  });
}

test('a simulated call that ends elsewhere is a difference, with both names', () => {
  const rendered = { listeners: [wildcard], routes };
  const verdict = judgeSimulation(
    calling({ port: 80, protocol: 'http', hostHeader: 'a.test' }, { clusterMatched: 'z' }),
    rendered,
  );
  assert.deepEqual(verdict, {
    verdict: 'differs',
    checks: 1,
    wrong: 1,
    first: 'call: clusterMatched is a, Istio has z',
  });
});

test('a filter chain is chosen level by level: port, prefix, server name', () => {
  const chain = (name: string, filterChainMatch: Json): Json => ({ name, filterChainMatch });
  const listener = {
    filterChains: [
      chain('wide', { prefixRanges: [{ addressPrefix: '10.0.0.0', prefixLen: 8 }] }),
      chain('narrow', { prefixRanges: [{ addressPrefix: '10.1.0.0', prefixLen: 16 }] }),
      chain('v6', { prefixRanges: [{ addressPrefix: 'fd00::1', prefixLen: 128 }] }),
      chain('else', {}),
    ],
  };
  const to = (address: string): string => {
    const base = { port: 1, serverName: '', applicationProtocol: '', isTls: false, inspectsTls: false };
    const chosen = chooseFilterChain(listener, { ...base, address });
    return chosen.choice === 'one' ? String((chosen.chain as { name: string }).name) : chosen.choice;
  };
  assert.deepEqual(['10.1.2.3', '10.2.3.4', 'fd00::1', '192.0.2.1'].map(to), ['narrow', 'wide', 'v6', 'else']);
});

test('resources are compared without config sources and empty values, and every name counts', () => {
  const theirs = {
    clusters: [{ name: 'a', edsClusterConfig: { edsConfig: { ads: {} } }, filters: [] }, { name: 'b' }],
  };
  const ours = { clusters: [{ name: 'a', edsClusterConfig: { edsConfig: { apiConfigSource: {} } } }, { name: 'c' }] };
  assert.deepEqual(judgeResources(theirs, ours), {
    verdict: 'differs',
    checks: 3,
    wrong: 2,
    first: 'clusters b: missing',
  });
});
