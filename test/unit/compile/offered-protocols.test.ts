import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyIr } from '../../../lib/ir/proxy-ir.ts';
import { lineOf } from '../../support/line.ts';
import { sketch } from '../../support/listener-sketch.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

const STOCK = { metadata: { IDENTITY_DIR: '/identity' } };

const service = (port: string, more = ''): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a, namespace: default }
spec:
  hosts: [a.test]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: p, ${port} }]
  endpoints: [{ address: 10.0.0.1, serviceAccount: a }]
  ${more}`;
const rule = (mode: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: a, namespace: default }
spec: { host: a.test, trafficPolicy: { tls: { mode: ${mode} } } }`;

const irOf = (documents: readonly string[], node: Partial<TestNode>): ProxyIr =>
  lineOf(documents.join('\n---\n'), { type: 'sidecar', ...node }).ir;

/** What happens with bytes that go to the service. */
function chainFor(documents: readonly string[], node: Partial<TestNode> = STOCK): string {
  const lines = irOf(documents, node).listeners.flatMap((listener) => sketch(listener));
  return lines.find((line) => line.endsWith('tcp outbound|80||a.test'))?.replace(/^.* → /, '') ?? 'none';
}
const offered = (documents: readonly string[], node: Partial<TestNode> = STOCK): readonly string[] | undefined => {
  const { transport } = irOf(documents, node).clusters.find(({ name }) => name === 'outbound|80||a.test') ?? {};
  return transport === undefined || transport.encryption.type === 'none'
    ? undefined
    : transport.encryption.tls.applicationProtocols;
};

test('PROF-3, FC-11: a stock Envoy offers HTTP where a port may carry it, and takes it back for bytes', () => {
  assert.deepEqual(offered([service('')]), ['istio-http/1.1', 'istio-h2']);
  assert.equal(chainFor([service('')]), 'as istio + tcp outbound|80||a.test');
});

test('PROF-3: nothing is to be taken back where bytes alone are carried, nor without a certificate', () => {
  assert.deepEqual(offered([service('protocol: TCP')]), ['istio']);
  assert.equal(chainFor([service('protocol: TCP')]), 'tcp outbound|80||a.test');
  assert.equal(chainFor([service('')], {}), 'tcp outbound|80||a.test');
});

test('FC-11: Istio’s Envoy says it by a filter of its own', () => {
  assert.equal(chainFor([service('')], { profile: 'istio-proxy' }), 'tcp outbound|80||a.test');
});

test('DR-31: TLS that is not the mesh’s offers what its rule says', () => {
  assert.equal(chainFor([service(''), rule('SIMPLE')]), 'tcp outbound|80||a.test');
  assert.equal(chainFor([service(''), rule('ISTIO_MUTUAL')]), 'as istio + tcp outbound|80||a.test');
});

test('MTLS-6: a stock Envoy with a certificate speaks mutual TLS to whoever takes it; without one plain text', () => {
  const encryption = (documents: readonly string[], node: Partial<TestNode>): string | undefined =>
    irOf(documents, node).clusters.find(({ name }) => name === 'outbound|80||a.test')?.transport.encryption.type;
  assert.equal(encryption([service('')], STOCK), 'by-endpoint');
  assert.equal(encryption([service('')], {}), 'none');
  assert.equal(encryption([service('').replace('MESH_INTERNAL', 'MESH_EXTERNAL')], STOCK), 'none'); // MTLS-1
});
