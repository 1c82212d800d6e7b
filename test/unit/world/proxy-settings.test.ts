import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOwnProxySettings } from '../../../lib/world/proxy-settings.ts';

const said = {
  gatewayTopology: { numTrustedProxies: 2, forwardClientCertDetails: 'APPEND_FORWARD' },
  connectionSettings: { profile: 'EDGE', httpIdleTimeout: '90s', httpMergeSlashes: true },
};

test('GW-29: a proxy tells its own settings as an object or as JSON; what it tells besides is of no interest', () => {
  const read = {
    topology: { trustedProxies: 2, clientCertificates: 'append-forward', readsProxyProtocol: false },
    connections: { isForEdge: true, written: { idleTimeout: 90_000, mergesSlashes: true } },
  };
  assert.deepEqual(readOwnProxySettings(said), read);
  assert.deepEqual(readOwnProxySettings(JSON.stringify({ ...said, concurrency: 'many' })), read);
  const newer = { ...said, gatewayTopology: { ...said.gatewayTopology, ofTomorrow: 'yes' } };
  assert.deepEqual(readOwnProxySettings(newer), read);
});

for (const [what, config] of [
  ['no object', 'numTrustedProxies: 2'],
  ['a list', []],
  ['a number as text', { gatewayTopology: { numTrustedProxies: '2' } }],
  ['a number below zero', { gatewayTopology: { numTrustedProxies: -1 } }],
  ['a word that is none', { gatewayTopology: { forwardClientCertDetails: 'toString' } }],
  ['a duration that is none', { connectionSettings: { httpIdleTimeout: 'soon' } }],
  ['settings that are no object', { connectionSettings: 'EDGE' }],
] as const) {
  test(`GW-29: a proxy that tells ${what} has the settings of the mesh`, () => {
    assert.equal(readOwnProxySettings(config), undefined);
  });
}
