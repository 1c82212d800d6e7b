import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mergeGateways } from '../../../lib/view/merge-gateways.ts';
import type { ViewFacts } from '../../../lib/view/proxy-view.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { serviceKey } from '../../../lib/model/service.ts';
import { resourcesOf } from '../../support/documents.ts';
import { summary, viewFactsOf } from '../../support/proxy-view.ts';

/** A Gateway from `[name, ...servers]`; a server is `port/PROTOCOL host [bind] [TLS mode | redirect]`, words in this order. */
function gateway(name: string, ...servers: readonly string[]): string {
  return `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: ns }
spec:
  selector: { app: edge }
  servers:
${servers.map((server, index) => `  - ${serverOf(server, index)}`).join('\n')}`;
}

function serverOf(text: string, index: number): string {
  const [port = '', host = '', ...more] = text.split(' ');
  const [number = '', protocol = ''] = port.split('/');
  const bind = more.find((word) => /^[\d.:]+$/.test(word));
  const mode = more.find((word) => /^[A-Z_]+$/.test(word));
  const credential = mode === 'SIMPLE' ? ', credentialName: c' : '';
  const settings =
    mode !== undefined ? `mode: ${mode}${credential}` : more.includes('redirect') ? 'httpsRedirect: true' : '';
  const tls = settings === '' ? '' : `, tls: { ${settings} }`;
  const bound = bind === undefined ? '' : `, bind: "${bind}"`;
  return `{ port: { number: ${number}, name: p${index}, protocol: ${protocol} }, hosts: ["${host}"]${bound}${tls} }`;
}

const ROUTER: Partial<ViewFacts> = { type: 'router', namespace: 'ns', selectedLabels: { app: 'edge' } };

/** Listeners as `bind:port routeName gateway hosts + …`, and what was rejected. */
function merge(
  documents: readonly string[],
  facts: Partial<ViewFacts> = {},
): { readonly listeners: readonly string[]; readonly issues: readonly string[] } {
  const world = buildWorld(resourcesOf(documents.join('\n---\n'))).value;
  const { value, issues } = mergeGateways(world, viewFactsOf({ ...ROUTER, ...facts }));
  const listeners = value.listeners.map((listener) => {
    const { port, bind, servers } = listener;
    const served = servers.map(({ gatewayName, hosts, httpsRouteName }) =>
      [httpsRouteName, gatewayName, hosts.join(',')].filter((part) => part !== '').join(' '),
    );
    const kind = listener.type === 'plain-http' ? listener.routeName : listener.type;
    return `${bind}:${port} ${kind} ${served.join(' + ')}`;
  });
  return { listeners, issues: issues.map(summary) };
}

describe('which Gateways a router serves', () => {
  const document = gateway('gw', '80/HTTP a.example');
  const cases: readonly [string, string, Partial<ViewFacts>, boolean][] = [
    ['GW-1: all labels of the selector are the router’s', document, {}, true],
    ['GW-1: another value', document, { selectedLabels: { app: 'other' } }, false],
    ['GW-1: no such label', document, { selectedLabels: {} }, false],
    [
      'GW-1: no selector selects every router',
      document.replace('  selector: { app: edge }\n', ''),
      { selectedLabels: {} },
      true,
    ],
    ['GW-1: a router of another namespace', document, { namespace: 'other' }, true],
  ];
  for (const [name, text, facts, isServed] of cases) {
    test(name, () => assert.equal(merge([text], facts).listeners.length === 1, isServed));
  }
});

describe('which port is bound', () => {
  const service = (name: string, more = ''): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: ns${more} }
spec:
  hosts: [${name}.example]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC`;
  const own = (name: string, port: number, targetPort: number): ViewFacts['ownPorts'][number] => ({
    service: serviceKey('ns', `${name}.example`),
    port,
    targetPort,
  });
  const document = gateway('gw', '80/HTTP *');

  test('GW-4: the target port of the router’s own service', () => {
    const { listeners } = merge([document, service('lb')], { ownPorts: [own('lb', 80, 8080)] });
    assert.deepEqual(listeners, [':8080 http.8080 ns/gw *']);
  });

  test('GW-4: the port itself where no own service has it', () => {
    const { listeners } = merge([document, service('lb')], { ownPorts: [own('lb', 81, 8081)] });
    assert.deepEqual(listeners, [':80 http.80 ns/gw *']);
  });

  test('GW-4: of several services the oldest says it', () => {
    const documents = [
      document,
      service('z', ', creationTimestamp: "2026-01-01T00:00:00Z"'),
      service('a', ', creationTimestamp: "2026-02-01T00:00:00Z"'),
    ];
    const { listeners } = merge(documents, { ownPorts: [own('a', 80, 8000), own('z', 80, 9000)] });
    assert.deepEqual(listeners, [':9000 http.9000 ns/gw *']);
  });

  test('GW-4: a service may keep out of it', () => {
    const optedOut = service('lb', ', labels: { experimental.istio.io/disable-gateway-port-translation: "true" }');
    const { listeners } = merge([document, optedOut], { ownPorts: [own('lb', 80, 8080)] });
    assert.deepEqual(listeners, [':80 http.80 ns/gw *']);
  });
});

describe('servers of one port', () => {
  const HTTP = gateway('a', '80/HTTP a.example');
  const cases: readonly [string, readonly string[], readonly string[], readonly string[]][] = [
    [
      'GW-7: HTTP joins HTTP',
      [HTTP, gateway('b', '80/HTTP2 b.example')],
      [':80 http.80 ns/a a.example + ns/b b.example'],
      [],
    ],
    [
      'GW-7: TCP does not join HTTP',
      [HTTP, gateway('b', '80/TCP *')],
      [':80 http.80 ns/a a.example'],
      ['GATEWAY_SERVER_REJECTED Gateway/ns/b spec.servers[0]'],
    ],
    [
      'GW-7: TLS does not join HTTP',
      [HTTP, gateway('b', '80/HTTPS b.example SIMPLE')],
      [':80 http.80 ns/a a.example'],
      ['GATEWAY_SERVER_REJECTED Gateway/ns/b spec.servers[0]'],
    ],
    [
      'GW-7: HTTP does not join TCP',
      [gateway('a', '80/TCP *'), gateway('b', '80/HTTP b.example')],
      [':80 by-server ns/a *'],
      ['GATEWAY_SERVER_REJECTED Gateway/ns/b spec.servers[0]'],
    ],
    [
      'GW-7: another address is another listener',
      [HTTP, gateway('b', '80/HTTP b.example 10.0.0.1')],
      [':80 http.80 ns/a a.example', '10.0.0.1:80 http.80.10.0.0.1 ns/b b.example'],
      [],
    ],
    [
      'GW-7: the wildcard address written out is the same',
      [HTTP, gateway('b', '80/HTTP b.example 0.0.0.0')],
      [':80 http.80 ns/a a.example + ns/b b.example'],
      [],
    ],
    [
      'GW-8: HTTP beside TLS has its own listener entry',
      [gateway('a', '443/HTTPS a.example SIMPLE'), gateway('b', '443/HTTP b.example')],
      [':443 by-server https.443.p0.a.ns ns/a a.example', ':443 http.443 ns/b b.example'],
      [],
    ],
    [
      'GW-9, GW-13: TLS servers share a port; each that is HTTP inside has its own routes',
      [
        gateway(
          'a',
          '443/HTTPS a.example SIMPLE',
          '443/HTTPS b.example 10.0.0.1 SIMPLE',
          '443/HTTPS c.example PASSTHROUGH',
        ),
      ],
      [
        ':443 by-server https.443.p0.a.ns ns/a a.example + ns/a c.example',
        '10.0.0.1:443 by-server https.443.p1.a.ns.10.0.0.1 ns/a b.example',
      ],
      [],
    ],
    [
      'GW-9: a host that is served with TLS settings is not served twice',
      [gateway('a', '80/HTTP a.example redirect'), gateway('b', '80/HTTP a.example redirect')],
      [':80 http.80 ns/a a.example'],
      ['GATEWAY_SERVER_REJECTED Gateway/ns/b spec.servers[0]'],
    ],
    [
      'GW-11: other servers of a Gateway stay',
      [gateway('a', '80/HTTP a.example', '80/TCP *', '81/HTTP b.example')],
      [':80 http.80 ns/a a.example', ':81 http.81 ns/a b.example'],
      ['GATEWAY_SERVER_REJECTED Gateway/ns/a spec.servers[1]'],
    ],
  ];
  for (const [name, documents, listeners, issues] of cases) {
    test(name, () => assert.deepEqual(merge(documents), { listeners, issues }));
  }

  test('GW-10: HTTPS without TLS settings, which admission refuses, is not served beside servers that have them', () => {
    const documents = [gateway('a', '443/TLS a.example PASSTHROUGH'), gateway('b', '443/HTTPS b.example SIMPLE')];
    const world = buildWorld(resourcesOf(documents.join('\n---\n'))).value;
    const [older, younger] = world.gateways;
    assert.ok(older !== undefined && younger !== undefined);
    const bare = {
      ...younger,
      servers: younger.servers.map((server) => ({ ...server, tls: { type: 'undeclared' as const } })),
    };
    const { issues } = mergeGateways({ ...world, gateways: [older, bare] }, viewFactsOf(ROUTER));
    assert.equal(issues.map(summary)[0], 'GATEWAY_SERVER_REJECTED Gateway/ns/b spec.servers[0]');
  });

  test('GW-35: the older Gateway keeps the port, whatever the order of the documents', () => {
    const dated = (text: string, month: string): string =>
      text.replace('namespace: ns }', `namespace: ns, creationTimestamp: "2026-${month}-01T00:00:00Z" }`);
    const documents = [dated(gateway('a', '80/TCP *'), '02'), dated(gateway('b', '80/HTTP b.example'), '01')];
    assert.deepEqual(merge(documents).listeners, [':80 http.80 ns/b b.example']);
    assert.deepEqual(merge(documents.toReversed()).listeners, [':80 http.80 ns/b b.example']);
  });
});

describe('hosts of a server', () => {
  const cases: readonly [string, string, string][] = [
    ['GW-5: of the Gateway’s own namespace', './a.example', 'ns/a.example'],
    ['GW-5: of any namespace', '*/a.example', 'a.example'],
    ['GW-5: everything', '*/*', '*'],
    ['GW-5: of one namespace', 'other/a.example', 'other/a.example'],
    ['GW-5: without a namespace', 'a.example', 'a.example'],
  ];
  for (const [name, written, normal] of cases) {
    test(name, () =>
      assert.deepEqual(merge([gateway('gw', `80/HTTP ${written}`)]).listeners, [`:80 http.80 ns/gw ${normal}`]),
    );
  }
});
