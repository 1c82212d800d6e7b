import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kind } from '../../../lib/resources/kinds.ts';
import { refuseUnsupported } from '../../../lib/resources/not-yet.ts';
import { parseDocument } from '../../../lib/resources/parse-document.ts';
import { documentOf, textsOf } from '../../support/findings.ts';

/** Parses a valid document and answers what is not carried out of it. */
function refusalsOf(kind: Kind, spec: object, metadata: object = {}): readonly string[] {
  const parsed = parseDocument(documentOf(kind, spec, metadata), { defaultNamespace: 'ns' });
  if (!parsed.ok) return assert.fail(textsOf(parsed.issues).join('\n'));
  return textsOf(refuseUnsupported(parsed.value));
}

const route = [{ destination: { host: 'a.b' } }];
const http = { hosts: ['a.b'], http: [{ route }] };

const rows: readonly (readonly [kind: Kind, spec: object, refused: readonly string[], metadata?: object])[] = [
  ['VirtualService', http, []],
  ['VirtualService', { ...http, tcp: [{ route }] }, []],
  ['VirtualService', { ...http, tls: [{ match: [{ sniHosts: ['a.b'] }], route }] }, []],
  [
    'VirtualService',
    {
      hosts: ['a.b'],
      gateways: ['ns/gw'],
      http: [{ match: [{ headers: { '@request.auth.claims.x': { exact: 'y' }, other: { exact: 'y' } } }], route }],
    },
    [],
  ],
  ['DestinationRule', { host: 'a.b', trafficPolicy: { tls: { mode: 'DISABLE' } } }, []],
  [
    'DestinationRule',
    {
      host: 'a.b',
      trafficPolicy: {
        tls: { mode: 'SIMPLE', credentialName: 'cert' },
        proxyProtocol: { version: 'V1' },
        loadBalancer: { zoneAwareLbSetting: { enabled: true } },
      },
      subsets: [
        { name: 'v1', trafficPolicy: { portLevelSettings: [{ port: { number: 1 }, tls: { mode: 'ISTIO_MUTUAL' } }] } },
      ],
    },
    ['spec.trafficPolicy.loadBalancer.zoneAwareLbSetting'],
  ],
  [
    'Gateway',
    {
      servers: [
        { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'], tls: { httpsRedirect: true } },
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: ['*'],
          tls: { mode: 'SIMPLE', credentialName: 'cert' },
        },
        { port: { number: 0, name: 'u', protocol: 'HTTP' }, hosts: ['*'], bind: 'unix:///s' },
        { port: { number: 15443, name: 'n', protocol: 'TLS' }, hosts: ['*'], tls: { mode: 'AUTO_PASSTHROUGH' } },
        { port: { number: 444, name: 'mesh', protocol: 'HTTPS' }, hosts: ['*'], tls: { mode: 'ISTIO_MUTUAL' } },
      ],
    },
    [],
  ],
  ['ServiceEntry', { hosts: ['*.a.b'], resolution: 'DYNAMIC_DNS' }, []],
  ['ServiceEntry', { hosts: ['a.b'], resolution: 'DNS' }, []],
  ['Service', { type: 'ExternalName', externalName: 'a.b' }, []],
  ['Service', { clusterIP: 'None' }, []],
  ['Mesh', { meshConfig: { trustDomain: 'x', enableAutoMtls: false } }, [], { name: 'default' }],
  ['Mesh', { meshConfig: { serviceSettings: [{ hosts: ['a.b'] }] } }, [], { name: 'default' }],
  [
    'Mesh',
    {
      meshConfig: {
        enableAutoMtls: true,
        meshMTLS: { minProtocolVersion: 'TLSV1_3' },
        accessLogFile: '/dev/stdout',
        extensionProviders: [],
      },
    },
    ['spec.meshConfig.accessLogFile'],
    { name: 'default' },
  ],
];

for (const [kind, spec, refused, metadata] of rows) {
  test(`${kind}: ${refused.join(', ') || JSON.stringify(spec).slice(0, 60)} is ${refused.length > 0 ? 'refused' : 'carried out'}`, () => {
    const said = refusalsOf(kind, spec, metadata);
    assert.deepEqual(
      said.map((text) => text.slice('error '.length, text.indexOf(': '))),
      refused,
    );
    for (const text of said) assert.match(text, /is not supported yet; \S+/);
  });
}

const byZone = { host: 'a.b', trafficPolicy: { loadBalancer: { zoneAwareLbSetting: { enabled: true } } } };

test('a refusal names its resource and says so by its code', () => {
  const parsed = parseDocument(documentOf('DestinationRule', byZone), { defaultNamespace: 'ns' });
  const [issue] = parsed.ok ? refuseUnsupported(parsed.value) : [];
  assert.equal(issue?.resource, 'DestinationRule/ns/test');
  assert.equal(issue.code, 'NOT_SUPPORTED_YET');
});
