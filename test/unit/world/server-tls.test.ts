import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServerTls, TerminatedTls } from '../../../lib/model/server-tls.ts';
import type { ServerTlsSpec } from '../../../lib/resources/gateway.ts';
import { readServerTls } from '../../../lib/world/server-tls.ts';

const terminated = (spec: ServerTlsSpec): TerminatedTls => {
  const tls = readServerTls(spec);
  assert.ok(tls.type === 'terminated');
  return tls;
};

const types: readonly [ServerTlsSpec | undefined, ServerTls['type']][] = [
  [undefined, 'undeclared'],
  [{}, 'passthrough'],
  [{ mode: 'PASSTHROUGH' }, 'passthrough'],
  [{ mode: 'AUTO_PASSTHROUGH' }, 'auto-passthrough'],
  [{ mode: 'SIMPLE' }, 'terminated'],
];
for (const [spec, type] of types) {
  test(`GW-27: ${JSON.stringify(spec)} is ${type}`, () => assert.equal(readServerTls(spec).type, type));
}

describe('where certificates come from', () => {
  const cases: readonly [string, ServerTlsSpec, readonly string[], string][] = [
    ['GW-28: a credential', { credentialName: 'c' }, ['kubernetes://c'], 'kubernetes://c-cacert'],
    [
      'GW-28: two credentials, with the roots of the first',
      { credentialNames: ['a', 'b'] },
      ['kubernetes://a', 'kubernetes://b'],
      'kubernetes://a-cacert',
    ],
    [
      'GW-28: roots of their own',
      { credentialName: 'c', caCertCredentialName: 'roots' },
      ['kubernetes://c'],
      'kubernetes://roots',
    ],
    [
      'SDS-11: roots in the secret of the certificate, named',
      { credentialName: 'c', caCertCredentialName: 'c' },
      ['kubernetes://c'],
      'kubernetes://c-cacert',
    ],
    [
      'TC-2: a name with a scheme',
      { credentialName: 'kubernetes://x/c' },
      ['kubernetes://x/c'],
      'kubernetes://x/c-cacert',
    ],
    ['TC-1: the workload’s own certificate by name', { credentialName: 'builtin://' }, ['default'], 'ROOTCA'],
    ['GW-28: files', { serverCertificate: '/c', privateKey: '/k', caCertificates: '/r' }, ['/c /k'], '/r'],
    [
      'GW-28: two pairs of files',
      {
        tlsCertificates: [
          { serverCertificate: '/a', privateKey: '/b' },
          { serverCertificate: '/c', privateKey: '/d' },
        ],
      },
      ['/a /b', '/c /d'],
      'ROOTCA',
    ],
    ['TC-7: the workload’s own', { mode: 'ISTIO_MUTUAL', credentialName: 'c' }, ['default'], 'ROOTCA'],
  ];
  for (const [name, spec, certificates, trusted] of cases) {
    test(name, () => {
      const tls = terminated({ mode: 'MUTUAL', ...spec });
      const named = tls.certificates.map((each) =>
        each.from === 'secret' ? each.name : `${each.certificate} ${each.key}`,
      );
      const roots = tls.roots.from === 'secret' ? tls.roots.name : tls.roots.path;
      assert.deepEqual([named, roots], [certificates, trusted]);
    });
  }
});

test('GW-27, GW-38: versions, and those cipher suites that Envoy knows, each once', () => {
  const tls = terminated({
    mode: 'SIMPLE',
    minProtocolVersion: 'TLSV1_2',
    maxProtocolVersion: 'TLS_AUTO',
    cipherSuites: ['AES128-SHA', 'NONSENSE', 'AES128-SHA'],
  });
  assert.deepEqual([tls.minimumVersion, tls.maximumVersion, tls.cipherSuites], ['1.2', undefined, ['AES128-SHA']]);
});
