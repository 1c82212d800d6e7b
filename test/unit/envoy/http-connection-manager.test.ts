import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { durationMs } from '../../../lib/base/brand.ts';
import { encodeHttpConnectionManager } from '../../../lib/envoy/http-connection-manager.ts';
import { encodeHttpFilter } from '../../../lib/envoy/http-filters/http-filter-encoders.ts';
import type { HttpConnectionManagerIr, HttpFilterIr } from '../../../lib/ir/http-connection-manager.ts';
import type { PollSetting } from '../../../lib/ir/proxy-ir.ts';

const ir: PollSetting = { refresh: durationMs(5000) };
const manager: HttpConnectionManagerIr = {
  type: 'http-connection-manager',
  statPrefix: 's',
  routes: { by: 'name', name: 'r' },
  filters: [{ type: 'router' }],
  serverName: '',
  usesRemoteAddress: false,
  trustedProxies: 0,
  idleTimeout: undefined,
  clientCertificate: undefined,
  paths: { isNormalized: true, mergesSlashes: false, escapedSlashes: 'keep' },
  limits: {
    maxConnectionDuration: undefined,
    maxStreamDuration: undefined,
    streamIdleTimeout: durationMs(0),
    requestTimeout: undefined,
    requestHeadersTimeout: undefined,
    drainTimeout: undefined,
    maxConcurrentStreams: undefined,
    streamWindow: undefined,
    connectionWindow: undefined,
    underscores: undefined,
  },
  acceptsHttp10: false,
  acceptsAbsoluteUrls: false,
  tracing: undefined,
};

type Settings = Readonly<Record<string, unknown>>;

const settingsOf = (changes: Partial<HttpConnectionManagerIr>): Settings =>
  (encodeHttpConnectionManager({ ...manager, ...changes }, ir) as { typedConfig: Settings }).typedConfig;

/** Members that differ from those of the plainest manager. */
function differences(changes: Partial<HttpConnectionManagerIr>): Settings {
  const plainest = settingsOf({});
  const isNew = ([member, value]: [string, unknown]): boolean =>
    JSON.stringify(plainest[member]) !== JSON.stringify(value);
  return Object.fromEntries(Object.entries(settingsOf(changes)).filter(isNew));
}

test('LS-20: what every manager has', () => {
  const { '@type': _type, rds, httpFilters: _filters, requestIdExtension: _id, ...rest } = settingsOf({});
  assert.deepEqual(rest, {
    statPrefix: 's',
    streamIdleTimeout: '0s',
    proxy100Continue: true,
    useRemoteAddress: false,
    upgradeConfigs: [{ upgradeType: 'websocket' }],
    normalizePath: true,
    pathWithEscapedSlashesAction: 'KEEP_UNCHANGED',
  });
  assert.equal((rds as { routeConfigName: string }).routeConfigName, 'r');
  assert.match(JSON.stringify(rds), /"apiType":"REST"/);
});

describe('LS-20: paths', () => {
  const cases: readonly [string, Partial<HttpConnectionManagerIr['paths']>, Settings][] = [
    ['left as they are', { isNormalized: false }, { normalizePath: false }],
    ['resolved', {}, {}],
    ['with slashes merged', { mergesSlashes: true }, { mergeSlashes: true }],
    ['decoded', { escapedSlashes: 'decode-and-forward' }, { pathWithEscapedSlashesAction: 'UNESCAPE_AND_FORWARD' }],
    ['sent back', { escapedSlashes: 'decode-and-redirect' }, { pathWithEscapedSlashesAction: 'UNESCAPE_AND_REDIRECT' }],
    ['refused', { escapedSlashes: 'reject-request' }, { pathWithEscapedSlashesAction: 'REJECT_REQUEST' }],
  ];
  for (const [name, changes, expected] of cases) {
    test(name, () => assert.deepEqual(differences({ paths: { ...manager.paths, ...changes } }), expected));
  }
});

describe('GW-29: limits', () => {
  const cases: readonly [string, Partial<HttpConnectionManagerIr['limits']>, Settings][] = [
    [
      'of a connection',
      { maxConnectionDuration: durationMs(1000) },
      { commonHttpProtocolOptions: { maxConnectionDuration: '1s' } },
    ],
    [
      'of a stream',
      { maxStreamDuration: durationMs(1000) },
      { commonHttpProtocolOptions: { maxStreamDuration: '1s' } },
    ],
    ['of idle streams', { streamIdleTimeout: durationMs(1000) }, { streamIdleTimeout: '1s' }],
    ['of requests', { requestTimeout: durationMs(0) }, { requestTimeout: '0s' }],
    ['of headers', { requestHeadersTimeout: durationMs(1000) }, { requestHeadersTimeout: '1s' }],
    ['of draining', { drainTimeout: durationMs(1000) }, { drainTimeout: '1s' }],
    ['of streams', { maxConcurrentStreams: 1 }, { http2ProtocolOptions: { maxConcurrentStreams: 1 } }],
    ['of a stream’s window', { streamWindow: 65_536 }, { http2ProtocolOptions: { initialStreamWindowSize: 65_536 } }],
    ['of all windows', { connectionWindow: 65_536 }, { http2ProtocolOptions: { initialConnectionWindowSize: 65_536 } }],
    ['none of underscores', { underscores: 'allow' }, {}],
    [
      'of headers with underscores',
      { underscores: 'drop-header' },
      { commonHttpProtocolOptions: { headersWithUnderscoresAction: 'DROP_HEADER' } },
    ],
    [
      'of requests with underscores',
      { underscores: 'reject-request' },
      { commonHttpProtocolOptions: { headersWithUnderscoresAction: 'REJECT_REQUEST' } },
    ],
  ];
  for (const [name, changes, expected] of cases) {
    test(name, () => assert.deepEqual(differences({ limits: { ...manager.limits, ...changes } }), expected));
  }
});

describe('other members', () => {
  const cases: readonly [string, Partial<HttpConnectionManagerIr>, Settings][] = [
    ['LS-18: whole URLs', { acceptsAbsoluteUrls: true }, { httpProtocolOptions: { allowAbsoluteUrl: true } }],
    ['GW-29: HTTP/1.0', { acceptsHttp10: true }, { httpProtocolOptions: { acceptHttp10: true } }],
    ['GW-29: proxies before this one', { trustedProxies: 2 }, { xffNumTrustedHops: 2 }],
    [
      'GW-29: certificates passed on',
      { clientCertificate: { mode: 'always-forward-only', addsCertificate: true } },
      { forwardClientCertDetails: 'ALWAYS_FORWARD_ONLY' },
    ],
    ['GW-29: the client’s own address', { usesRemoteAddress: true }, { useRemoteAddress: true }],
    ['a server’s name', { serverName: 'istio-envoy' }, { serverName: 'istio-envoy' }],
    ['idle clients', { idleTimeout: durationMs(30_000) }, { commonHttpProtocolOptions: { idleTimeout: '30s' } }],
    [
      'LS-25: certificates appended',
      { clientCertificate: { mode: 'append-forward', addsCertificate: false } },
      {
        forwardClientCertDetails: 'APPEND_FORWARD',
        setCurrentClientCertDetails: { subject: true, dns: true, uri: true },
      },
    ],
    [
      'GW-29: certificates set anew',
      { clientCertificate: { mode: 'sanitize-set', addsCertificate: true } },
      {
        forwardClientCertDetails: 'SANITIZE_SET',
        setCurrentClientCertDetails: { subject: true, cert: true, dns: true, uri: true },
      },
    ],
  ];
  for (const [name, changes, expected] of cases) test(name, () => assert.deepEqual(differences(changes), expected));

  test('routes in place', () => {
    const value = { name: 'in place', virtualHosts: [], ignoresPort: false, maxDirectBody: undefined };
    const { rds, routeConfig } = settingsOf({ routes: { by: 'value', value } });
    assert.equal(rds, undefined);
    assert.equal((routeConfig as { name: string }).name, 'in place');
  });
});

describe('HTTP filters', () => {
  const names: readonly [HttpFilterIr, string][] = [
    [{ type: 'grpc-web' }, 'envoy.filters.http.grpc_web'],
    [{ type: 'grpc-stats' }, 'envoy.filters.http.grpc_stats'],
    [{ type: 'fault' }, 'envoy.filters.http.fault'],
    [{ type: 'cors' }, 'envoy.filters.http.cors'],
    [{ type: 'router' }, 'envoy.filters.http.router'],
    [{ type: 'istio-alpn' }, 'istio.alpn'],
    [{ type: 'istio-metadata-exchange', side: 'client' }, 'istio.metadata_exchange'],
  ];
  for (const [filter, name] of names) {
    test(name, () => assert.equal(encodeHttpFilter(filter)['name'], name));
  }

  test('FC-2, FC-4: metadata is read from the client on one side and from the server on the other', () => {
    const value = (side: 'client' | 'server'): readonly string[] => {
      const { typedConfig } = encodeHttpFilter({ type: 'istio-metadata-exchange', side }) as { typedConfig: Settings };
      return Object.keys(typedConfig['value'] as object);
    };
    assert.deepEqual(value('server'), ['downstream_discovery', 'downstream_propagation']);
    assert.deepEqual(value('client'), ['upstream_discovery', 'upstream_propagation']);
  });

  test('PROF-3: the client’s proxy tells of HTTP by its application protocols', () => {
    const { typedConfig } = encodeHttpFilter({ type: 'istio-alpn' }) as { typedConfig: { alpnOverride: object[] } };
    assert.deepEqual(typedConfig.alpnOverride[2], {
      upstreamProtocol: 'HTTP2',
      alpnOverride: ['istio-h2', 'istio', 'h2'],
    });
  });
});
