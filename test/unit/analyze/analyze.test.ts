import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { AnalyzedMesh } from '../../../lib/analyze/analyzed-mesh.ts';
import { findingCodes, type FindingCode } from '../../../lib/analyze/finding-codes.ts';
import { stageRemedies } from '../../../lib/analyze/stage-codes.ts';
import { analysisOf } from '../../support/analysis.ts';

const document = (kind: string, name: string, spec: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}`;

const shop = document(
  'ServiceEntry',
  'shop',
  `{ hosts: [shop.test], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: STATIC,
  location: MESH_INTERNAL, endpoints: [{ address: 10.0.0.1, labels: { version: v1 } }] }`,
);
const rule = (name: string, spec = '{ host: shop.test, subsets: [{ name: v1, labels: { version: v1 } }] }'): string =>
  document('DestinationRule', name, spec);
const gateway = (name: string, host = 'shop.test'): string =>
  document(
    'Gateway',
    name,
    `{ selector: { app: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['${host}'] }] }`,
  );
const routes = (name: string, http: string, more = ''): string =>
  document('VirtualService', name, `{ hosts: [shop.test], ${more} http: [${http}] }`);
const to = (destination: string, match = ''): string =>
  `{ ${match === '' ? '' : `match: [${match}], `}route: [{ destination: { ${destination} } }] }`;
const plain = to('host: shop.test');
const byClaim = to('host: shop.test', "headers: { '@request.auth.claims.group': { exact: a } }");
const tokens = (name: string, labels: string): string => {
  const jwks = '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}';
  const spec = `{ selector: { matchLabels: ${labels} }, jwtRules: [{ issuer: a, jwks: '${jwks}' }] }`;
  return document('RequestAuthentication', name, spec).replace('networking.istio.io', 'security.istio.io');
};
const sidecar = (...hosts: readonly string[]): string =>
  document('Sidecar', 's', JSON.stringify({ egress: [{ hosts }] }));
const foreign = document('Sidecar', 's', '{ egress: [{ hosts: [shop/shop.test] }] }').replace(
  'namespace: shop',
  'namespace: other',
);

/** A mesh, and what is found in it as `code resource path`; nothing where it is as it should be. */
type Row = readonly [name: string, documents: readonly string[], found: readonly string[]];

const rows: readonly Row[] = [
  [
    'a route to a host, port and subset that are there',
    [shop, rule('r'), routes('v', to('host: shop.test, subset: v1, port: { number: 80 }'))],
    [],
  ],
  [
    'an unknown host',
    [shop, routes('v', to('host: chop.test'))],
    ['DESTINATION_NOT_FOUND VirtualService/shop/v spec.http[0].route[0].destination.host'],
  ],
  [
    'an unknown port',
    [shop, routes('v', to('host: shop.test, port: { number: 81 }'))],
    ['DESTINATION_NOT_FOUND VirtualService/shop/v spec.http[0].route[0].destination.port'],
  ],
  [
    'an unknown subset',
    [shop, rule('r'), routes('v', to('host: shop.test, subset: v2'))],
    ['SUBSET_NOT_FOUND VirtualService/shop/v spec.http[0].route[0].destination.subset'],
  ],
  [
    'a mirror to nobody',
    [shop, routes('v', `{ route: [{ destination: { host: shop.test } }], mirror: { host: chop.test } }`)],
    ['DESTINATION_NOT_FOUND VirtualService/shop/v spec.http[0].mirror.host'],
  ],
  [
    'a host that is hidden from the proxies of its gateway',
    [
      document(
        'ServiceEntry',
        'own',
        `{ hosts: [own.test], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS, exportTo: [.] }`,
      ),
      gateway('g').replace('namespace: shop', 'namespace: edge'),
      shop,
      routes('v', to('host: own.test'), 'gateways: [edge/g],'),
    ],
    ['DESTINATION_NOT_FOUND VirtualService/shop/v spec.http[0].route[0].destination.host'],
  ],
  [
    'a subset without endpoints',
    [shop, rule('r', '{ host: shop.test, subsets: [{ name: v2, labels: { version: v2 } }] }')],
    ['SUBSET_WITHOUT_ENDPOINTS DestinationRule/shop/r spec.subsets[0].labels'],
  ],
  [
    'a rule behind one that takes its paths',
    [
      shop,
      routes(
        'v',
        `${to('host: shop.test', '{ uri: { prefix: /a } }')}, ${to('host: shop.test', '{ uri: { exact: /a/b } }')}`,
      ),
    ],
    ['ROUTE_SHADOWED VirtualService/shop/v spec.http[1]'],
  ],
  [
    'one condition of a rule that is taken',
    [
      shop,
      routes(
        'v',
        `${to('host: shop.test', '{ uri: { prefix: /a } }')}, ${to('host: shop.test', '{ uri: { prefix: /a/b } }, { uri: { prefix: /c } }')}`,
      ),
    ],
    ['ROUTE_SHADOWED VirtualService/shop/v spec.http[1].match[0]'],
  ],
  [
    'a rule behind one that takes everything',
    [shop, routes('v', `${plain}, ${to('host: shop.test', '{ uri: { prefix: /a } }')}`)],
    ['ROUTE_SHADOWED VirtualService/shop/v spec.http[1]'],
  ],
  [
    'a rule behind an expression that takes every path',
    [
      shop,
      routes(
        'v',
        `${to('host: shop.test', '{ uri: { regex: .* } }')}, ${to('host: shop.test', '{ uri: { prefix: /a } }')}`,
      ),
    ],
    ['ROUTE_SHADOWED VirtualService/shop/v spec.http[1]'],
  ],
  [
    'closer rules first',
    [
      shop,
      routes(
        'v',
        `${to('host: shop.test', '{ uri: { prefix: /a/b } }')}, ${to('host: shop.test', '{ uri: { prefix: /a }, method: { exact: GET } }')}, ${to('host: shop.test', '{ uri: { prefix: /a } }')}, ${plain}`,
      ),
    ],
    [],
  ],
  [
    'a gateway that does not exist',
    [shop, routes('v', plain, 'gateways: [mesh, g],')],
    ['GATEWAY_NOT_FOUND VirtualService/shop/v spec.gateways[1]'],
  ],
  ['a gateway that exists', [shop, gateway('g'), routes('v', plain, 'gateways: [mesh, g],')], []],
  [
    'a gateway for another host',
    [shop, gateway('g', 'other.test'), routes('v', plain, 'gateways: [g],')],
    ['GATEWAY_HOST_NOT_SERVED VirtualService/shop/v spec.gateways[0]'],
  ],
  [
    'CLAIM-4: routes by claims where nobody checks tokens, or only others do',
    [shop, gateway('g'), routes('v', byClaim, 'gateways: [g],'), tokens('t', '{ app: else }')],
    ['CLAIMS_WITHOUT_TOKENS VirtualService/shop/v spec.http[0].match[0].headers'],
  ],
  [
    'CLAIM-4: routes by claims of tokens that are checked',
    [shop, gateway('g'), routes('v', byClaim, 'gateways: [g],'), tokens('t', '{ app: edge }')],
    [],
  ],
  [
    'a host and port of two gateways',
    [shop, gateway('g'), gateway('h')],
    ['GATEWAY_CONFLICT Gateway/shop/h spec.servers[0].hosts'],
  ],
  [
    'a host of two objects for sidecars',
    [shop, routes('v', plain), routes('w', plain)],
    ['CONFLICTING_HOSTS VirtualService/shop/w spec.hosts'],
  ],
  [
    'a host of two objects at a gateway',
    [
      shop,
      gateway('g'),
      routes('v', to('host: shop.test', '{ uri: { prefix: /a } }'), 'gateways: [g],'),
      routes('w', `${to('host: shop.test', '{ uri: { prefix: /a/b } }')}, ${plain}`, 'gateways: [g],'),
    ],
    ['ROUTE_SHADOWED VirtualService/shop/w spec.http[0]', 'MERGED_HOSTS VirtualService/shop/w spec.hosts'],
  ],
  [
    'what takes everything at a gateway comes last, whoever wrote it',
    [
      shop,
      gateway('g'),
      routes('v', plain, 'gateways: [g],'),
      routes('w', to('host: shop.test', '{ uri: { prefix: /a } }'), 'gateways: [g],'),
    ],
    ['MERGED_HOSTS VirtualService/shop/w spec.hosts'],
  ],
  [
    'an expression that takes every path at a gateway comes last too',
    [
      shop,
      gateway('g'),
      routes('v', to('host: shop.test', '{ uri: { regex: .* } }'), 'gateways: [g],'),
      routes(
        'w',
        to('host: shop.test', '{ uri: { regex: .* }, headers: { tenant: { exact: one } } }'),
        'gateways: [g],',
      ),
    ],
    ['MERGED_HOSTS VirtualService/shop/w spec.hosts'],
  ],
  [
    'a rule for no service',
    [shop, rule('r', '{ host: chop.test }')],
    ['DESTINATION_RULE_WITHOUT_SERVICE DestinationRule/shop/r spec.host'],
  ],
  [
    'a rule that adds a subset to another',
    [shop, rule('r', '{ host: shop.test }'), rule('s')],
    ['DESTINATION_RULE_MERGED DestinationRule/shop/s '],
  ],
  [
    'a rule whose policy another has already',
    [
      shop,
      ...['r', 's'].map((name) =>
        rule(name, '{ host: shop.test, trafficPolicy: { loadBalancer: { simple: RANDOM } } }'),
      ),
    ],
    ['DESTINATION_RULE_IGNORED DestinationRule/shop/s spec.trafficPolicy'],
  ],
  [
    'rules of one host that are exported otherwise',
    [shop, rule('r', '{ host: shop.test, exportTo: [.] }'), rule('s', '{ host: shop.test, exportTo: ["*"] }')],
    ['DESTINATION_RULE_IGNORED DestinationRule/shop/r '],
  ],
  [
    'a service that nobody sees',
    [
      document(
        'ServiceEntry',
        'own',
        `{ hosts: [own.test], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS, exportTo: ['~'] }`,
      ),
    ],
    ['EXPORTED_TO_NOBODY ServiceEntry/shop/own spec.exportTo'],
  ],
  [
    'routes for a namespace that has nothing',
    [shop, routes('v', plain, 'exportTo: [nirvana],')],
    ['EXPORTED_TO_NOBODY VirtualService/shop/v spec.exportTo'],
  ],
  [
    'egress hosts that are there, of a service, of routes, of every host of a namespace, and one that is kept out',
    [
      shop,
      routes('v', plain).replace('hosts: [shop.test]', 'hosts: [alone.test]'),
      sidecar('./shop.test', 'shop/alone.test', 'elsewhere/*', '~shop/chop.test'),
    ],
    [],
  ],
  [
    'egress hosts of nobody, of another namespace, and of a namespace that does not show them',
    [shop.replace('spec: {', "spec: { exportTo: ['.'],"), sidecar('*/chop.test', 'other/shop.test'), foreign],
    [
      'EGRESS_HOST_NOT_FOUND Sidecar/other/s spec.egress[0].hosts[0]',
      'EGRESS_HOST_NOT_FOUND Sidecar/shop/s spec.egress[0].hosts[0]',
      'EGRESS_HOST_NOT_FOUND Sidecar/shop/s spec.egress[0].hosts[1]',
    ],
  ],
  [
    'what the world says',
    [
      shop,
      shop
        .replace('name: shop', 'name: twin')
        .replace('MESH_INTERNAL', 'MESH_EXTERNAL')
        .replace('STATIC', 'NONE')
        .replace(/, endpoints.*\]/s, ''),
    ],
    ['SERVICE_SHADOWED ServiceEntry/shop/twin '],
  ],
];

for (const [name, documents, expected] of rows) {
  test(`analyze: ${name}`, async () => {
    const findings = await analysisOf(documents.join('\n---\n'));
    assert.deepEqual(
      findings.map(({ code, resource, path }) => `${code} ${resource} ${path}`),
      expected,
    );
    for (const { message, remedy } of findings) assert.ok(message !== '' && remedy !== '', message);
  });
}

test('analyze: a Gateway whose labels no known router has, and one that has its router', async () => {
  const router = (app: string): AnalyzedMesh['proxies'] => [{ type: 'router', namespace: 'shop', labels: { app } }];
  const codes = async (proxies: AnalyzedMesh['proxies']) =>
    (await analysisOf(`${shop}\n---\n${gateway('g')}`, proxies)).map(({ code }) => code);
  assert.deepEqual(await codes(router('other')), ['GATEWAY_WITHOUT_PROXIES']);
  assert.deepEqual(await codes(router('edge')), []);
  assert.deepEqual(await codes(undefined), [], 'nobody knows');
});

test('analyze: sentences name what is there in place of what is missing', async () => {
  const text = [shop, rule('r'), routes('v', to('host: shop.test, subset: v2'))].join('\n---\n');
  const [finding] = await analysisOf(text);
  assert.equal(finding?.message, 'subset v2 of shop.test is not defined: DestinationRule/shop/r defines v1');
});

test('analyze: every code of an analyzer is found by a row above, and has its row in docs/analyze.md', () => {
  const page = readFileSync(new URL('../../../docs/analyze.md', import.meta.url), 'utf8');
  const written = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map(([, code, severity, says]) => [code, severity, says]);
  const codes = Object.entries(findingCodes);
  assert.deepEqual(
    written,
    codes.map(([code, { severity, says }]) => [code, severity, says]),
  );
  for (const code of Object.keys(stageRemedies)) assert.ok(page.includes(`\`${code}\``), code);
  const tested = new Set(rows.flatMap(([, , found]) => found.map((each) => each.split(' ')[0])));
  const untested = codes.map(([code]) => code as FindingCode).filter((code) => !tested.has(code));
  assert.deepEqual(untested, ['GATEWAY_WITHOUT_PROXIES']);
});
