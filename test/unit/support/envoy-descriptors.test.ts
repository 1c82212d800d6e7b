import assert from 'node:assert/strict';
import { test } from 'node:test';
import { XDS_TYPES } from '../../../lib/envoy/xds-types.ts';
import { cluster, listener, route } from '../../support/envoy-resources.ts';
import { envoyProblems } from '../../support/envoy-descriptors.ts';
import { need } from '../../support/needs.ts';

const needsProtos = await need('envoy-protos');
type Body = Readonly<Record<string, unknown>>;

const sound: readonly (readonly [what: string, type: keyof typeof XDS_TYPES, body: Body])[] = [
  ['a cluster', 'clusters', cluster('a', { connectTimeout: '0.250s' }).body],
  ['a listener with nested Any', 'listeners', listener('l', 'r').body],
  ['routes', 'routes', route('r', 'a').body],
];

for (const [what, type, body] of sound) {
  test(`nothing is wrong with ${what}`, needsProtos, () =>
    assert.deepEqual(envoyProblems(XDS_TYPES[type].typeUrl, body), []),
  );
}

const inCluster = (settings: Body): Body => ({ name: 'a', ...settings });
const inRoute = (action: Body, match: Body = { prefix: '/' }): Body => ({
  name: 'r',
  virtualHosts: [{ name: 'v', domains: ['*'], routes: [{ match, ...action }] }],
});
const filter = (typedConfig: Body): Body => ({ name: 'l', filterChains: [{ filters: [{ name: 'f', typedConfig }] }] });
const manager = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const tcpProxy = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
const forward = (action: Body): Body => inRoute({ route: { cluster: 'c', ...action } });
const hashPolicy = (policy: Body): Body => forward({ hashPolicy: [policy] });

const planted: readonly (readonly [what: string, type: keyof typeof XDS_TYPES, body: Body, problem: RegExp])[] = [
  ['an unknown field', 'clusters', inCluster({ conectTimeout: '1s' }), /^\.: .*unknown field: "conectTimeout"/],
  [
    'an unknown field deep inside',
    'routes',
    forward({ timeuot: '1s' }),
    /^\.virtualHosts\[0\]\.routes\[0\]\.route: .*timeuot/,
  ],
  ['an unknown enum name', 'clusters', inCluster({ lbPolicy: 'FASTEST' }), /lbPolicy: unknown enum value/],
  [
    'an unknown @type',
    'listeners',
    filter({ '@type': 'type.googleapis.com/envoy.Nothing' }),
    /no such type: envoy.Nothing/,
  ],
  ['an Any without @type', 'listeners', filter({ statPrefix: 's' }), /typedConfig\.statPrefix is not canonical/],
  [
    'an unknown field in an Any',
    'listeners',
    filter({ '@type': manager, statPrefixx: 's' }),
    /^\.filterChains\[0\]\.filters\[0\]\.typedConfig\.\[HttpConnectionManager\]: .*statPrefixx/,
  ],
  ['a duration that is none', 'clusters', inCluster({ connectTimeout: '1' }), /^\.connectTimeout: .*invalid duration/],
  ['two members of a oneof', 'routes', forward({ clusterHeader: 'x' }), /\.routes\[0\]\.route: .*oneof|multiple/i],
  [
    'a number beyond 32 bits',
    'clusters',
    inCluster({ perConnectionBufferLimitBytes: 2 ** 32 }),
    /perConnectionBuffer|UInt32Value/,
  ],
  ['snake_case', 'clusters', inCluster({ connect_timeout: '1s' }), /connectTimeout|connect_timeout.* is not canonical/],
  ['a written default', 'clusters', inCluster({ lbPolicy: 'ROUND_ROBIN' }), /^\.lbPolicy is not canonical/],
  [
    'a duration that is not canonical',
    'clusters',
    inCluster({ connectTimeout: '1.5s' }),
    /^\.connectTimeout is not canonical/,
  ],
  ['min_len', 'clusters', {}, /^\.name: "" breaks min_len 1/],
  [
    'required message',
    'routes',
    { name: 'r', virtualHosts: [{ name: 'v', domains: ['*'], routes: [{ redirect: {} }] }] },
    /\.match: is required/,
  ],
  ['required oneof', 'routes', inRoute({ redirect: {} }, {}), /\.match: needs pathSpecifier/],
  ['min_items', 'routes', { name: 'r', virtualHosts: [{ name: 'v' }] }, /\.domains: has fewer than 1 items/],
  [
    'min_items in a weighted cluster',
    'routes',
    inRoute({ route: { weightedClusters: {} } }),
    /\.clusters: has fewer than 1/,
  ],
  [
    'gt of a duration, an aggregate option',
    'clusters',
    inCluster({ connectTimeout: '0s' }),
    /^\.connectTimeout: 0 breaks gt 0/,
  ],
  ['gt of a negative duration', 'clusters', inCluster({ connectTimeout: '-1s' }), /^\.connectTimeout: -1 breaks gt 0/],
  [
    'gte of nanoseconds',
    'clusters',
    inCluster({ dnsRefreshRate: '0.000500s' }),
    /^\.dnsRefreshRate: 0.0005 breaks gt 0.001/,
  ],
  [
    'lte of a wrapper',
    'clusters',
    inCluster({ ringHashLbConfig: { minimumRingSize: '9000000' } }),
    /breaks lte 8388608/,
  ],
  ['lt of a number', 'routes', inRoute({ directResponse: { status: 700 } }), /\.status: 700 breaks lt 600/],
  ['gte of a number', 'routes', inRoute({ directResponse: { status: 100 } }), /\.status: 100 breaks gte 200/],
  ['min_len in a oneof', 'routes', forward({ cluster: '' }), /\.cluster: "" breaks min_len 1/],
  [
    'a pattern for header names',
    'routes',
    hashPolicy({ header: { headerName: 'a\nb' } }),
    /headerName: "a\\nb" breaks well_known_regex/,
  ],
  [
    'a rule for items',
    'routes',
    { name: 'r', virtualHosts: [{ name: 'v', domains: ['a\nb'] }] },
    /\.domains\[0\]: "a\\nb" breaks well_known/,
  ],
  [
    'a required wrapper',
    'listeners',
    filter({ '@type': tcpProxy, statPrefix: 's', weightedClusters: { clusters: [{ name: 'a' }] } }),
    /\.weight: 0 breaks gte 1/,
  ],
  [
    'a rule inside an Any',
    'listeners',
    filter({ '@type': tcpProxy, cluster: 'a' }),
    /\[TcpProxy\]\.statPrefix: "" breaks min_len 1/,
  ],
];

for (const [what, type, body, problem] of planted) {
  test(`refuses ${what}`, needsProtos, () => {
    const problems = envoyProblems(XDS_TYPES[type].typeUrl, body);
    assert.match(problems.join('\n'), problem);
  });
}
