import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf } from '../../../lib/base/hashing.ts';
import { rulesOfNamespace, serverModes } from '../../../lib/model/mutual-tls.ts';
import { viewFacts, viewKey } from '../../../lib/view/view-facts.ts';
import { lineOf, type Line } from '../../support/line.ts';
import { peerAuthentication, type TestPolicy } from '../../support/peer-policies.ts';
import { proxyFacts, type TestNode } from '../../support/proxy-facts.ts';

const lineWith = (policies: readonly TestPolicy[], node: Partial<TestNode> = {}, more: readonly string[] = []): Line =>
  lineOf([...policies.map(peerAuthentication), ...more].join('\n---\n'), {
    type: 'sidecar',
    namespace: 'a',
    profile: 'istio-proxy',
    ...node,
  });

/** What a workload takes, as `mode` or `mode port:mode`. */
function modesOf(policies: readonly TestPolicy[], node?: Partial<TestNode>): string {
  const { mode, ports } = lineWith(policies, node).view.mutualTls;
  return [mode, ...ports.map((each) => `${each.port}:${each.mode}`)].join(' ');
}

const problems = ({ issues }: Line): readonly string[] => issues.map(({ code, resource }) => `${code} ${resource}`);

const APP = { app: 'x' };
const node = { labels: APP };
const mesh = (mode: string): TestPolicy => ({ name: 'istio-system/default', mode });
const own = (mode: string): TestPolicy => ({ name: 'a/default', mode });

describe('which connections a workload takes', () => {
  test('PA-2: both where nobody says anything', () => assert.equal(modesOf([]), 'permissive'));

  test('PA-3: what the root namespace says is for the mesh, what another says for itself', () => {
    assert.equal(modesOf([mesh('STRICT')]), 'strict');
    assert.equal(modesOf([{ ...mesh('STRICT'), labels: {} }]), 'strict');
    assert.equal(modesOf([{ name: 'b/default', mode: 'STRICT' }]), 'permissive');
    assert.equal(modesOf([own('DISABLE')]), 'disabled');
    assert.equal(modesOf([{ name: 'a/x', mode: 'STRICT', labels: APP }], node), 'strict');
    assert.equal(modesOf([{ name: 'a/x', mode: 'STRICT', labels: { app: 'y' } }], node), 'permissive');
  });

  test('PA-4: a selector in the root namespace means nothing, and says so', () => {
    const selecting = { ...mesh('STRICT'), labels: APP };
    assert.equal(modesOf([selecting], node), 'permissive');
    assert.deepEqual(problems(lineWith([selecting], node)), [
      'PEER_AUTHENTICATION_NOT_USED PeerAuthentication/istio-system/default',
    ]);
    assert.equal(modesOf([selecting, mesh('DISABLE')], { namespace: 'istio-system', ...node }), 'disabled');
  });

  test('PA-5: the narrower one wins, and one that says nothing hands on what the wider says', () => {
    const workload = (mode?: string): TestPolicy => ({ name: 'a/x', labels: APP, ...(mode !== undefined && { mode }) });
    assert.equal(modesOf([mesh('STRICT'), own('DISABLE')]), 'disabled');
    assert.equal(modesOf([mesh('STRICT'), own('DISABLE'), workload('PERMISSIVE')], node), 'permissive');
    assert.equal(modesOf([mesh('STRICT'), own('UNSET')]), 'strict');
    assert.equal(modesOf([mesh('STRICT'), { name: 'a/default' }]), 'strict');
    assert.equal(modesOf([mesh('STRICT'), workload('UNSET')], node), 'strict');
    assert.equal(modesOf([mesh('STRICT'), own('DISABLE'), workload()], node), 'disabled');
    assert.equal(modesOf([workload()], node), 'permissive');
  });

  test('PA-6: of the mesh, nothing said is both', () => {
    assert.equal(modesOf([mesh('UNSET')]), 'permissive');
    assert.equal(modesOf([mesh('UNSET'), own('UNSET')]), 'permissive');
  });

  test('PA-7: of two for the same the older counts, and the newer says so', () => {
    const twice = [
      { name: 'a/one/2025', mode: 'DISABLE' },
      { name: 'a/two/2024', mode: 'STRICT' },
      { name: 'istio-system/one/2025', mode: 'STRICT' },
      { name: 'istio-system/two/2024', mode: 'DISABLE' },
    ];
    assert.equal(modesOf(twice), 'strict');
    assert.equal(modesOf(twice, { namespace: 'b' }), 'disabled');
    assert.deepEqual(problems(lineWith(twice)), [
      'PEER_AUTHENTICATION_CONFLICT PeerAuthentication/istio-system/one',
      'PEER_AUTHENTICATION_CONFLICT PeerAuthentication/a/one',
    ]);
  });

  test('PA-8: ports of a policy for all workloads mean nothing', () => {
    assert.equal(modesOf([{ ...own('STRICT'), ports: { 80: 'DISABLE' } }]), 'strict');
    assert.equal(modesOf([{ ...mesh('STRICT'), ports: { 80: 'DISABLE' } }]), 'strict');
  });

  test('PA-9: a port that says nothing is as its workload comes to', () => {
    const ports = { 90: 'UNSET', 80: 'DISABLE' };
    assert.equal(modesOf([own('STRICT'), { name: 'a/x', labels: APP, ports }], node), 'strict 80:disabled 90:strict');
    const policy = { name: 'a/x', mode: 'PERMISSIVE', labels: APP, ports };
    assert.equal(modesOf([own('STRICT'), policy], node), 'permissive 80:disabled 90:permissive');
  });

  test('PA-11: of two for the same workload the older counts whole, and the newer says so', () => {
    const older = { name: 'a/older/2024', labels: APP, mode: 'STRICT' };
    const newer = { name: 'a/newer/2025', labels: { app: 'x', v: '1' }, mode: 'DISABLE', ports: { 80: 'DISABLE' } };
    const both = { labels: { app: 'x', v: '1' } };
    assert.equal(modesOf([newer, older], both), 'strict');
    const said = ['PEER_AUTHENTICATION_CONFLICT PeerAuthentication/a/newer'];
    assert.deepEqual(problems(lineWith([newer, older], both)), said);
    assert.deepEqual(problems(lineWith([newer, older], node)), []);
  });

  test('PA-12, PA-13: of a namespace of which nobody says anything nothing is known, which is not the same as both', () => {
    const modeOf = (policies: readonly TestPolicy[]): string | undefined =>
      rulesOfNamespace(lineWith(policies).world.peerPolicies, 'a').mode;
    assert.equal(modeOf([]), undefined);
    assert.equal(modeOf([{ name: 'a/x', mode: 'STRICT', labels: APP }]), undefined);
    assert.equal(modeOf([own('UNSET')]), 'permissive');
    assert.equal(modeOf([own('UNSET'), mesh('DISABLE')]), 'disabled');
    assert.equal(modeOf([mesh('UNSET')]), 'permissive');
    assert.deepEqual([...lineWith([mesh('STRICT'), own('UNSET')]).world.peerPolicies.byNamespace.keys()], ['a']);
  });

  test('PA-16: a router takes what its servers say', () => {
    assert.equal(modesOf([mesh('STRICT'), own('DISABLE')], { type: 'router' }), 'permissive');
  });

  test('SC-18: what is said in the namespace and in the root namespace counts, and edits elsewhere change nothing', () => {
    const hash = (policies: readonly TestPolicy[]): string =>
      hashOf(serverModes(rulesOfNamespace(lineWith(policies).world.peerPolicies, 'a'), {}));
    const before = hash([mesh('STRICT'), own('UNSET')]);
    assert.equal(hash([mesh('STRICT'), own('UNSET'), { name: 'b/default', mode: 'DISABLE' }]), before);
    assert.notEqual(hash([mesh('DISABLE'), own('UNSET')]), before);
  });
});

test('VIEW-1: only labels that some policy selects by tell two workloads apart', () => {
  const { world } = lineWith([
    { name: 'a/x', labels: APP, mode: 'STRICT' },
    { ...mesh('STRICT'), labels: { z: '1' } },
  ]);
  const keyOf = (labels: Readonly<Record<string, string>>): string =>
    viewKey(
      viewFacts(
        world,
        proxyFacts({ type: 'sidecar', namespace: 'a', labels: { ...labels, app: labels['app'] ?? 'q' } }),
      ),
    );
  assert.notEqual(keyOf({ app: 'x' }), keyOf({ app: 'y' }));
  assert.equal(keyOf({ app: 'x', v: '1' }), keyOf({ app: 'x', v: '2' }));
  assert.equal(keyOf({ app: 'x', z: '1' }), keyOf({ app: 'x', z: '2' }));
});

describe('what clients know of servers', () => {
  const service = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: pay, namespace: shop }
spec:
  hosts: [pay.test]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: 8080 }, { number: 81, name: tcp, protocol: TCP }]
  endpoints:
    - { address: 10.0.0.1, serviceAccount: pay, labels: { app: x } }
    - { address: 10.0.0.2, serviceAccount: pay, labels: { app: y } }
    - { address: 10.0.0.3, labels: { app: x } }`;
  const rule = (mode: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: pay, namespace: shop }
spec: { host: pay.test, trafficPolicy: { tls: { mode: ${mode} } } }`;

  /** Addresses of the endpoints of a port that say that they take mutual TLS. */
  function marked(policies: readonly TestPolicy[], port = 80, more: readonly string[] = []): readonly string[] {
    const { ir } = lineWith(policies, {}, [service, ...more]);
    const found = ir.endpoints.find(({ name }) => name.startsWith(`outbound|${port}|`));
    return (found?.groups ?? [])
      .flatMap(({ endpoints }) => endpoints)
      .flatMap(({ address, acceptsMeshTls }) =>
        acceptsMeshTls && address.type === 'socket' ? [address.address.slice(-1)] : [],
      )
      .sort();
  }
  const encryption = (policies: readonly TestPolicy[], more: readonly string[] = []): string | undefined =>
    lineWith(policies, {}, [service, ...more]).ir.clusters.find(({ name }) => name.startsWith('outbound|80|'))
      ?.transport.encryption.type;
  const ofShop = (mode: string): TestPolicy => ({ name: 'shop/default', mode });

  test('MTLS-3, MTLS-6: what the namespace says, else the mesh; what single workloads say is not asked', () => {
    assert.equal(encryption([]), 'by-endpoint');
    assert.equal(encryption([ofShop('STRICT')]), 'by-endpoint');
    assert.equal(encryption([mesh('STRICT'), ofShop('DISABLE')]), 'none');
    assert.equal(encryption([mesh('DISABLE')]), 'none');
    assert.equal(encryption([mesh('DISABLE'), ofShop('PERMISSIVE')]), 'by-endpoint');
    assert.equal(encryption([{ name: 'shop/x', mode: 'DISABLE', labels: APP }]), 'by-endpoint');
    assert.equal(encryption([{ name: 'a/default', mode: 'DISABLE' }]), 'by-endpoint');
  });

  test('MTLS-9: an endpoint says that it takes mutual TLS unless a policy of its own workload and port says otherwise', () => {
    assert.deepEqual(marked([]), ['1', '2']);
    assert.deepEqual(marked([{ name: 'shop/x', mode: 'DISABLE', labels: APP }]), ['2']);
    assert.deepEqual(marked([ofShop('DISABLE')]), []);
    assert.deepEqual(marked([ofShop('DISABLE'), { name: 'shop/x', mode: 'STRICT', labels: APP }]), ['1']);
    assert.deepEqual(marked([{ name: 'a/x', mode: 'DISABLE', labels: APP }]), ['1', '2']);
  });

  test('PA-10, MTLS-9: ports are those of the workload', () => {
    const off = (port: number): TestPolicy => ({ name: 'shop/x', labels: APP, ports: { [port]: 'DISABLE' } });
    assert.deepEqual([marked([off(8080)]), marked([off(80)])], [['2'], ['1', '2']]);
    assert.deepEqual([marked([off(8080)], 81), marked([off(81)], 81)], [['1', '2'], ['2']]);
  });

  test('MTLS-9: what the rule of a client says comes first', () => {
    const off = [{ name: 'shop/x', mode: 'DISABLE', labels: APP }];
    assert.deepEqual(marked(off, 80, [rule('ISTIO_MUTUAL')]), ['1', '2']);
    assert.deepEqual(marked([], 80, [rule('SIMPLE')]), []);
  });
});
