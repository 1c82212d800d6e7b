import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterIr } from '../../../lib/ir/cluster.ts';
import type { UpstreamTlsIr } from '../../../lib/ir/upstream-tls.ts';
import { lineOf } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

const ISTIO: TestNode = { type: 'sidecar', profile: 'istio-proxy' };
const STOCK: TestNode = { type: 'sidecar', profile: 'envoy' };

/** A service of the mesh with one endpoint that takes its TLS and one that does not. */
const inMesh = (more = ''): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec:
  hosts: [a.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP }]
  endpoints: [{ address: 10.0.0.1, serviceAccount: one, labels: { v: one } }, { address: 10.0.0.2, labels: { v: two } }]
  ${more}
`;
const outside = (more = ''): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec:
  hosts: [a.com]
  resolution: DNS
  ports: [{ number: 443, name: http, protocol: HTTP }]
  ${more}
`;
const rule = (trafficPolicy: string, more = ''): string => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: a }
spec: { host: a.com, trafficPolicy: ${trafficPolicy}${more} }
`;
const tls = (block: string, more = ''): string => rule(`{ tls: ${block} }`, more);
const mesh = (meshConfig: string): string => `---
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: ${meshConfig} }
`;

function clusterOf(text: string, node: TestNode = ISTIO, subset = ''): ClusterIr {
  const { ir } = lineOf(text, node);
  const found = ir.clusters.find(({ name }) => name.startsWith('outbound|') && name.split('|')[2] === subset);
  assert.ok(found, text);
  return found;
}

function encryptionOf(text: string, node: TestNode = ISTIO, subset = ''): string {
  return clusterOf(text, node, subset).transport.encryption.type;
}

function tlsOf(text: string, node: TestNode = ISTIO, subset = ''): UpstreamTlsIr {
  const { encryption } = clusterOf(text, node, subset).transport;
  assert.ok(encryption.type !== 'none', text);
  return encryption.tls;
}

/** By address, whether an endpoint says that it takes the mesh's TLS. */
function marks(text: string, node: TestNode = ISTIO, subset = ''): Readonly<Record<string, boolean>> {
  const { ir } = lineOf(text, node);
  const found = ir.endpoints.find(({ name }) => name.split('|')[2] === subset);
  const endpoints = found?.groups.flatMap((group) => group.endpoints) ?? [];
  return Object.fromEntries(
    endpoints.map(({ address, acceptsMeshTls }) => [address.type === 'socket' ? address.address : '', acceptsMeshTls]),
  );
}

describe('where no policy says how', () => {
  const cases: readonly [string, string, TestNode, string][] = [
    ['DR-29, MTLS-6, MTLS-7: a service of the mesh by endpoint', inMesh(), ISTIO, 'by-endpoint'],
    ['MTLS-1: a service outside of it never', inMesh().replace('MESH_INTERNAL', 'MESH_EXTERNAL'), ISTIO, 'none'],
    ['MTLS-6: none where the mesh does not want it', inMesh() + mesh('{ enableAutoMtls: false }'), ISTIO, 'none'],
    ['none by a stock Envoy, which has no certificate', inMesh(), STOCK, 'none'],
    ['by routers as by sidecars', inMesh(), { type: 'router', profile: 'istio-proxy' }, 'by-endpoint'],
  ];
  for (const [name, text, node, expected] of cases) test(name, () => assert.equal(encryptionOf(text, node), expected));
});

describe('MTLS-2: connections that pass through to instances that nobody tells apart', () => {
  const headless = (...accounts: readonly string[]): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec:
  hosts: [a.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP }]
  endpoints: [${accounts.map((account, index) => `{ address: 10.0.0.${index}, serviceAccount: "${account}" }`).join(', ')}]
${rule('{ loadBalancer: { simple: PASSTHROUGH } }')}`;
  test('MTLS-8: encrypted all alike where every instance can', () => {
    assert.equal(encryptionOf(headless('x', 'y')), 'always');
  });
  test('plain where one cannot, or nobody is known', () => {
    assert.equal(encryptionOf(headless('x', '')), 'none');
    assert.equal(encryptionOf(headless()), 'none');
    const through = inMesh()
      .replace('STATIC', 'NONE')
      .replace(/ {2}endpoints.*\n/, '');
    assert.equal(encryptionOf(through), 'none');
  });
  test('MTLS-4: a subset by its own policy', () => {
    const subset = ', subsets: [{ name: s, trafficPolicy: { loadBalancer: { simple: PASSTHROUGH } } }]';
    const text = inMesh() + rule('{ loadBalancer: { simple: RANDOM } }', subset);
    assert.deepEqual([encryptionOf(text), encryptionOf(text, ISTIO, 's')], ['by-endpoint', 'none']);
  });
});

describe('the mesh’s mutual TLS', () => {
  test('DR-30, CL-14: certificate, roots, names of the accounts and a server name that says which cluster', () => {
    assert.deepEqual(tlsOf(inMesh('subjectAltNames: [spiffe://x/ns/a/sa/b]')), {
      serverName: 'outbound_.80_._.a.com',
      certificate: { from: 'secret', name: 'default' },
      servers: {
        roots: { from: 'secret', name: 'ROOTCA' },
        names: ['spiffe://cluster.local/ns/default/sa/one', 'spiffe://x/ns/a/sa/b'],
        revocationList: '',
      },
      applicationProtocols: ['istio-peer-exchange', 'istio'],
      cipherSuites: [],
      curves: [],
    });
  });

  test('MTLS-12: accounts are known under every trust domain that the mesh had; other names are as they are', () => {
    const text = inMesh('subjectAltNames: [a.com]') + mesh('{ trustDomainAliases: [old] }');
    assert.deepEqual(tlsOf(text).servers?.names, [
      'a.com',
      'spiffe://cluster.local/ns/default/sa/one',
      'spiffe://old/ns/default/sa/one',
    ]);
  });

  test('MTLS-5: asked for by a policy, to whom it applies, with its own names', () => {
    assert.equal(encryptionOf(inMesh() + tls('{ mode: ISTIO_MUTUAL }')), 'always');
    assert.equal(encryptionOf(outside() + tls('{ mode: ISTIO_MUTUAL }')), 'always');
    const own = tlsOf(inMesh() + tls('{ mode: ISTIO_MUTUAL, sni: s, subjectAltNames: [n] }'));
    assert.deepEqual([own.serverName, own.servers?.names], ['s', ['n']]);
  });

  test('CL-13: the server name of a subset names it', () => {
    const text = inMesh() + rule('{}', ', subsets: [{ name: v1, labels: { v: one } }]');
    assert.equal(tlsOf(text, ISTIO, 'v1').serverName, 'outbound_.80_.v1_.a.com');
  });

  test('HN-10: the server name has all parts of the cluster’s name, which can be had from it again', () => {
    const text = inMesh() + rule('{}', ', subsets: [{ name: v1, labels: { v: one } }]');
    for (const [subset, serverName] of [
      ['', 'outbound_.80_._.a.com'],
      ['v1', 'outbound_.80_.v1_.a.com'],
    ] as const) {
      assert.equal(tlsOf(text, ISTIO, subset).serverName, serverName);
      assert.equal(serverName.split('_.').join('|'), clusterOf(text, ISTIO, subset).name);
    }
  });

  test('MTLS-11: HTTP/2 is offered where it is spoken', () => {
    assert.deepEqual(tlsOf(inMesh().replace('protocol: HTTP', 'protocol: HTTP2')).applicationProtocols, [
      'istio-peer-exchange',
      'istio',
      'h2',
    ]);
  });

  test('PROF-2: a stock Envoy offers no exchange of metadata, and says from the start that it may carry HTTP', () => {
    const offered = (protocol: string): readonly string[] =>
      tlsOf(inMesh().replace('protocol: HTTP', `protocol: ${protocol}`) + tls('{ mode: ISTIO_MUTUAL }'), STOCK)
        .applicationProtocols;
    assert.deepEqual(offered('HTTP'), ['istio-http/1.1', 'http/1.1']);
    assert.deepEqual(offered('GRPC'), ['istio-h2', 'h2']);
    assert.deepEqual(offered('""'), ['istio-http/1.1', 'istio-h2']);
    assert.deepEqual(offered('TCP'), ['istio']);
  });
});

describe('TLS to others', () => {
  test('DR-34: DISABLE, also by a block without a mode', () => {
    assert.equal(encryptionOf(inMesh() + tls('{ mode: DISABLE }')), 'none');
    assert.equal(encryptionOf(inMesh() + tls('{}')), 'none');
  });

  test('DR-31, MTLS-16: SIMPLE believes whom the machine believes, unless a file or a secret says otherwise', () => {
    const roots = (block: string, node: TestNode): unknown => tlsOf(outside() + tls(block), node).servers?.roots;
    assert.deepEqual(roots('{ mode: SIMPLE }', ISTIO), { from: 'secret', name: 'file-root:system' });
    assert.deepEqual(roots('{ mode: SIMPLE }', STOCK), { from: 'file', path: '/etc/ssl/certs/ca-certificates.crt' });
    assert.deepEqual(roots('{ mode: SIMPLE, caCertificates: /ca }', ISTIO), { from: 'secret', name: 'file-root:/ca' });
    assert.deepEqual(roots('{ mode: SIMPLE, caCertificates: /ca }', STOCK), { from: 'file', path: '/ca' });
    assert.equal(tlsOf(outside() + tls('{ mode: SIMPLE }')).certificate, undefined);
  });

  test('DR-31: MUTUAL shows a certificate', () => {
    const block = '{ mode: MUTUAL, clientCertificate: /c, privateKey: /k, caCrl: /r }';
    assert.deepEqual(tlsOf(outside() + tls(block)).certificate, { from: 'secret', name: 'file-cert:/c~/k' });
    const stock = tlsOf(outside() + tls(block), STOCK);
    assert.deepEqual(stock.certificate, { from: 'files', certificate: '/c', key: '/k' });
    assert.equal(stock.servers?.revocationList, '/r');
  });

  test('DR-32, MTLS-14: MUTUAL without a certificate is not plain text', () => {
    assert.equal(encryptionOf(outside() + tls('{ mode: MUTUAL }')), 'always');
  });

  test('DR-31: names of the ServiceEntry count where the policy has none; no other protocol than HTTP/2 is offered', () => {
    const named = outside('subjectAltNames: [x.com]');
    assert.deepEqual(tlsOf(named + tls('{ mode: SIMPLE }')).servers?.names, ['x.com']);
    assert.deepEqual(tlsOf(named + tls('{ mode: SIMPLE, subjectAltNames: [y] }')).servers?.names, ['y']);
    assert.deepEqual(tlsOf(outside() + tls('{ mode: SIMPLE }')).applicationProtocols, []);
    const h2 = outside().replace('protocol: HTTP', 'protocol: GRPC');
    assert.deepEqual(tlsOf(h2 + tls('{ mode: SIMPLE }')).applicationProtocols, ['h2']);
  });

  describe('MTLS-13: names that nobody wrote are those of each request', () => {
    const cases: readonly [string, boolean, boolean][] = [
      ['{ mode: SIMPLE }', true, true],
      ['{ mode: SIMPLE, sni: s }', false, false],
      ['{ mode: SIMPLE, subjectAltNames: [n] }', true, false],
      ['{ mode: SIMPLE, insecureSkipVerify: true }', true, false],
    ];
    for (const [block, areAskedFor, areChecked] of cases)
      test(block, () => {
        const { http } = clusterOf(outside() + tls(block));
        assert.deepEqual(http?.names ?? { areAskedFor: false, areChecked: false }, { areAskedFor, areChecked });
      });
  });

  test('DR-34: what is not to be verified is not', () => {
    assert.equal(tlsOf(outside() + tls('{ mode: SIMPLE, insecureSkipVerify: true }')).servers, undefined);
  });

  test('DR-33, MTLS-15: a credential is for routers and for sidecars that the rule selects, a config map for all', () => {
    const simple = outside() + tls('{ mode: SIMPLE, credentialName: c }');
    assert.equal(encryptionOf(simple), 'none');
    assert.deepEqual(
      lineOf(simple, ISTIO).issues.map(({ code }) => code),
      ['CREDENTIAL_NOT_FOR_SIDECARS'],
    );
    const roots = { from: 'secret', name: 'kubernetes://c-cacert' };
    assert.deepEqual(tlsOf(simple, { ...ISTIO, type: 'router' }).servers?.roots, roots);
    const chosen =
      outside() + tls('{ mode: MUTUAL, credentialName: c }', ', workloadSelector: { matchLabels: { app: x } }');
    const own = tlsOf(chosen, { ...ISTIO, labels: { app: 'x' } });
    assert.deepEqual([own.certificate, own.servers?.roots], [{ from: 'secret', name: 'kubernetes://c' }, roots]);
    assert.equal(encryptionOf(outside() + tls('{ mode: SIMPLE, credentialName: "configmap://default/c" }')), 'always');
  });

  test('DR-36: Istio’s Envoy is told to leave the application protocols alone', () => {
    const keeps = (text: string): boolean => clusterOf(text).metadata.keepsApplicationProtocols;
    assert.equal(keeps(outside() + tls('{ mode: SIMPLE }')), true);
    assert.equal(keeps(inMesh() + tls('{ mode: ISTIO_MUTUAL }')), false);
    assert.equal(keeps(inMesh()), false);
  });

  test('ciphers and curves of the mesh are offered', () => {
    const text = outside() + tls('{ mode: SIMPLE }') + mesh('{ tlsDefaults: { cipherSuites: [x], ecdhCurves: [y] } }');
    assert.deepEqual([tlsOf(text).cipherSuites, tlsOf(text).curves], [['x'], ['y']]);
  });
});

test('DR-35: the PROXY protocol, whatever else there is; a port’s own block leaves it out', () => {
  const version = (policy: string): unknown => clusterOf(inMesh() + rule(policy)).transport.proxyProtocol;
  assert.equal(version('{ proxyProtocol: {} }'), 'v1');
  assert.equal(version('{ proxyProtocol: { version: V2 }, tls: { mode: SIMPLE } }'), 'v2');
  assert.equal(version('{ proxyProtocol: {}, portLevelSettings: [{ port: { number: 80 } }] }'), undefined);
});

describe('EP-12, MTLS-9: endpoints say whether they take the mesh’s TLS', () => {
  const [yes, no] = [
    { '10.0.0.1': true, '10.0.0.2': false },
    { '10.0.0.1': false, '10.0.0.2': false },
  ];
  test('those that have an account, in Istio’s profile', () => {
    assert.deepEqual(marks(inMesh()), yes);
    assert.deepEqual(marks(inMesh(), STOCK), no);
  });
  test('MTLS-10: the label wins over the account', () => {
    const labelled = inMesh().replace('v: one', "security.istio.io/tlsMode: 'disabled'");
    assert.deepEqual(marks(labelled), no);
  });
  test('unless a policy speaks another TLS, or none', () => {
    assert.deepEqual(marks(inMesh() + tls('{ mode: ISTIO_MUTUAL }')), yes);
    assert.deepEqual(marks(inMesh() + tls('{ mode: SIMPLE }')), no);
    assert.deepEqual(marks(inMesh() + tls('{ mode: DISABLE }')), no);
  });
  test('a port’s block without TLS hides nothing, and a subset’s wins', () => {
    const subsets =
      ', subsets: [{ name: s, labels: {}, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }, { name: t, labels: {} }]';
    const text = inMesh() + rule('{ tls: { mode: SIMPLE }, portLevelSettings: [{ port: { number: 80 } }] }', subsets);
    assert.deepEqual([marks(text), marks(text, ISTIO, 's'), marks(text, ISTIO, 't')], [no, yes, no]);
  });
});

test('CL-2: hosts that are looked up have no server name; Envoy hears where no certificate is checked', () => {
  const dynamic = (protocol: string, block = ''): string =>
    inMesh()
      .replace('STATIC', 'DYNAMIC_DNS')
      .replace(/ {2}endpoints.*\n/, '')
      .replace('[a.com]', "['*.a.com']")
      .replace('protocol: HTTP', `protocol: ${protocol}`) +
    (block && tls(block).replace('host: a.com', "host: '*.a.com'"));
  const unchecked = (text: string): unknown => {
    const { discovery } = clusterOf(text);
    return discovery.type === 'dynamic-dns' && discovery.leavesNamesUnchecked;
  };
  assert.equal(tlsOf(dynamic('HTTP', '{ mode: ISTIO_MUTUAL }')).serverName, '');
  assert.deepEqual(clusterOf(dynamic('HTTP', '{ mode: ISTIO_MUTUAL }')).http?.names, {
    areAskedFor: true,
    areChecked: true,
  });
  assert.equal(unchecked(dynamic('HTTP', '{ mode: SIMPLE }')), false);
  assert.equal(unchecked(dynamic('HTTP', '{ mode: SIMPLE, sni: s }')), true);
  assert.equal(unchecked(dynamic('HTTP', '{ mode: DISABLE }')), false);
  assert.equal(unchecked(dynamic('GRPC', '{ mode: DISABLE }')), true);
});
