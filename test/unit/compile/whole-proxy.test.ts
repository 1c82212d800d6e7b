import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf, type Line } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';
import { sketches } from '../../support/listener-sketch.ts';
import { summary } from '../../support/proxy-view.ts';

const entry = (name: string, spec: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name} }
spec: { hosts: [${name}.test], ${spec} }
`;
const rule = (host: string, spec: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: rule }
spec: { host: ${host}, ${spec} }
`;
const http = 'ports: [{ name: http, number: 80, protocol: HTTP }], resolution: STATIC';
const line = (documents: readonly string[], node: Omit<TestNode, 'type'> = {}): Line =>
  lineOf(documents.join('---'), { type: 'sidecar', ...node });
const outbound = ({ ir }: Line) => ir.listeners.filter(({ direction }) => direction === 'outbound');

test('RT-29: every HTTP listener injects faults and answers preflights where a route says so', () => {
  const own = entry('own', `${http}, endpoints: [{ address: 10.0.0.1 }]`);
  for (const profile of ['envoy', 'istio-proxy'] as const) {
    const managers = line([own], { profile }).ir.listeners.flatMap(({ chains }) =>
      chains.flatMap(({ filters }) => filters.filter((filter) => filter.type === 'http-connection-manager')),
    );
    assert.ok(managers.length > 1);
    for (const { filters } of managers) {
      const types = filters.map(({ type }) => type);
      assert.deepEqual(types.filter((type) => type === 'fault' || type === 'cors').sort(), ['cors', 'fault']);
    }
  }
});

test('LS-14: the chain that takes everything is the default one, and where there is none connections are passed on', () => {
  const tls = entry('tls', 'ports: [{ name: tls, number: 443, protocol: TLS }], resolution: DNS');
  const tcp = entry('tcp', 'ports: [{ name: tcp, number: 443, protocol: TCP }], resolution: DNS');
  const chains = (...documents: readonly string[]) => sketches(outbound(line(documents)))[0];
  assert.deepEqual(chains(tcp), ['0.0.0.0_443', '* → tcp outbound|443||tcp.test']);
  assert.deepEqual(chains(tls), [
    '0.0.0.0_443',
    'sni=tls.test → tcp outbound|443||tls.test',
    'else → tcp PassthroughCluster',
  ]);
  assert.deepEqual(chains(tls, tcp), [
    '0.0.0.0_443',
    'sni=tls.test → tcp outbound|443||tls.test',
    'else → tcp outbound|443||tcp.test',
  ]);
});

test('CL-19: a service that lost its socket to another has its clusters all the same', () => {
  const tcp = 'ports: [{ name: tcp, number: 9, protocol: TCP }], resolution: DNS';
  const both = line([entry('a', tcp), entry('b', tcp)]);
  assert.deepEqual(both.issues.map(summary), ['LISTENER_CONFLICT ServiceEntry/default/b']);
  const names = both.ir.clusters.map(({ name }) => name).filter((name) => name.startsWith('outbound'));
  assert.deepEqual(names, ['outbound|9||a.test', 'outbound|9||b.test']);
});

test('DR-22: a subset without labels has every endpoint, and a rule for a host that is not there adds nothing', () => {
  const service = entry(
    'a',
    `${http}, endpoints: [{ address: 10.0.0.7, labels: { v: one } }, { address: 10.0.0.8, labels: { v: two } }]`,
  );
  const subsets = 'subsets: [{ name: all }, { name: one, labels: { v: one } }]';
  const { ir } = line([service, rule('a.test', subsets)]);
  const addresses = (subset: string) =>
    ir.endpoints
      .find(({ name }) => name === `outbound|80|${subset}|a.test`)
      ?.groups.flatMap(({ endpoints }) => endpoints.map(({ address }) => address.type === 'socket' && address.address));
  assert.deepEqual(addresses('all'), ['10.0.0.7', '10.0.0.8']);
  assert.deepEqual(addresses('one'), ['10.0.0.7']);
  assert.deepEqual(line([service, rule('b.test', subsets)]).ir, line([service]).ir);
});

test('CL-17: a cluster says whether it is outside of the mesh, and only Istio’s Envoy tells peers who it is', () => {
  const places = [entry('in', `${http}, location: MESH_INTERNAL`), entry('out', http)];
  const said = (profile: 'envoy' | 'istio-proxy') =>
    line(places, { profile })
      .resources.filter(({ type, name }) => type === 'clusters' && name.startsWith('outbound'))
      .map(({ name, body }) => {
        const { metadata, filters } = body as unknown as {
          readonly metadata: { readonly filterMetadata: { readonly istio: { readonly external?: boolean } } };
          readonly filters?: readonly { readonly name: string }[];
        };
        return [name, metadata.filterMetadata.istio.external ?? false, (filters ?? []).map((each) => each.name)];
      });
  assert.deepEqual(said('istio-proxy'), [
    ['outbound|80||in.test', false, ['istio.metadata_exchange']],
    ['outbound|80||out.test', true, ['istio.metadata_exchange']],
  ]);
  assert.deepEqual(said('envoy'), [
    ['outbound|80||in.test', false, []],
    ['outbound|80||out.test', true, []],
  ]);
});

test('CL-18: where other traffic goes has a cluster because it is a service that the Sidecar imports', () => {
  const proxy = entry('proxy', 'ports: [{ name: tcp, number: 8888, protocol: TCP }], resolution: DNS');
  const sidecar = (hosts: string): string => `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: own }
spec:
  egress: [{ hosts: ['${hosts}'] }]
  outboundTrafficPolicy: { mode: ALLOW_ANY, egressProxy: { host: proxy.test, port: { number: 8888 } } }
`;
  const clusters = (hosts: string) =>
    line([proxy, entry('a', http), sidecar(hosts)])
      .ir.clusters.map(({ name }) => name)
      .filter((name) => name.startsWith('outbound'));
  assert.deepEqual(clusters('*/*'), ['outbound|80||a.test', 'outbound|8888||proxy.test']);
  assert.deepEqual(clusters('*/a.test'), ['outbound|80||a.test']);
});
