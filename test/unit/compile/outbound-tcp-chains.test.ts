import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { outboundListeners } from '../../../lib/compile/outbound-listeners.ts';
import type { RouteTable } from '../../../lib/model/route-table.ts';
import type { Service } from '../../../lib/model/service.ts';
import type { TcpRoute, TlsRoute, VirtualServiceSpec } from '../../../lib/resources/virtual-service-spec.ts';
import type { ProxyView } from '../../../lib/view/proxy-view.ts';
import { tableOf } from '../../support/route-tables.ts';
import { portOf, listenedView, serviceOf, visible } from '../../support/proxy-view.ts';
import { sketch } from '../../support/listener-sketch.ts';

const to = (host: string, weight?: number) => ({ destination: { host }, ...(weight !== undefined && { weight }) });
const table = (spec: VirtualServiceSpec): RouteTable => tableOf([], { hosts: ['a.example'], ...spec });
const tcp = (...routes: TcpRoute[]): RouteTable => table({ tcp: routes });
const tls = (...routes: TlsRoute[]): RouteTable => table({ tls: routes });

/** The listeners of services, in a few lines each, and what was said about them. */
function listen(
  services: readonly Service[],
  routeTables: readonly RouteTable[],
  facts: Partial<ProxyView['facts']> = {},
) {
  const view = listenedView({ facts, services: services.map((service) => visible(service)), routeTables });
  const { value, issues } = outboundListeners(view);
  return { listeners: value.map(sketch), issues: issues.map(({ path, message }) => `${path}: ${message}`), value };
}

const withPort = (port: string, changes: Partial<Service> = {}): Service =>
  serviceOf('a', { ports: [portOf(port)], addresses: ['10.1.0.1'], ...changes });

describe('plain connections', () => {
  const cases: readonly [string, string, RouteTable, readonly string[]][] = [
    [
      'TR-6: a rule without a match takes every connection',
      '9/tcp',
      tcp({ route: [to('b.example')] }),
      ['* → tcp outbound|9||b.example'],
    ],
    [
      'TR-6: ranges of one rule share a chain, and the rest goes to the service',
      '9/tcp',
      tcp({
        match: [{ destinationSubnets: ['10.2.0.0/16'] }, { destinationSubnets: ['10.3.0.1'] }],
        route: [to('b.example')],
      }),
      ['10.2.0.0/16,10.3.0.1/32 → tcp outbound|9||b.example', 'else → tcp outbound|9||a.example'],
    ],
    [
      'TR-6: a match for every address ends the rules',
      '9/tcp',
      tcp({ match: [{ port: 9 }], route: [to('b.example')] }, { route: [to('c.example')] }),
      ['* → tcp outbound|9||b.example'],
    ],
    [
      'TR-2: a rule for another port, gateway, namespace or workload has no say',
      '9/tcp',
      tcp(
        { match: [{ port: 10 }], route: [to('b.example')] },
        { match: [{ gateways: ['x/y'] }], route: [to('b.example')] },
        { match: [{ sourceNamespace: 'other' }], route: [to('b.example')] },
        { match: [{ sourceLabels: { app: 'other' } }], route: [to('b.example')] },
      ),
      ['* → tcp outbound|9||a.example'],
    ],
    [
      'TR-8: several destinations are drawn by weight, without those of weight 0',
      '9/tcp',
      tcp({ route: [to('b.example', 20), to('c.example', 80), to('d.example', 0)] }),
      ['* → tcp 20 outbound|9||b.example, 80 outbound|9||c.example'],
    ],
    [
      'LS-9: a port without a protocol keeps its rules beside HTTP',
      '81',
      tcp({ route: [to('b.example')] }),
      ['raw_buffer http/1.1,h2c → http a.example:81', 'else → tcp outbound|81||b.example'],
    ],
    [
      'TR-1: rules for TLS mean nothing to plain ports',
      '9/tcp',
      tls({ match: [{ sniHosts: ['*'] }], route: [to('b.example')] }),
      ['* → tcp outbound|9||a.example'],
    ],
    [
      'TR-11: the protocol’s own filter comes first',
      '27017/mongo',
      tcp({ route: [to('b.example')] }),
      ['* → mongo-proxy + tcp outbound|27017||b.example'],
    ],
  ];
  for (const [name, port, rules, expected] of cases) {
    test(name, () => {
      const { listeners } = listen([withPort(port)], [rules]);
      assert.deepEqual(
        listeners.map(([, ...chains]) => chains),
        [expected],
      );
    });
  }

  test('RT-21: a destination without a port takes the only port of its service', () => {
    const other = serviceOf('b', { ports: [portOf('7000/tcp')], addresses: ['10.1.0.2'] });
    const { listeners } = listen([withPort('9/tcp'), other], [tcp({ route: [to('b.example')] })]);
    assert.deepEqual(listeners[0], ['10.1.0.1_9', '* → tcp outbound|7000||b.example']);
  });

  test('TR-9: several destinations are counted under the name of the document', () => {
    const { value } = listen([withPort('9/tcp')], [tcp({ route: [to('b.example', 1), to('c.example', 1)] })]);
    const [chain] = value[0]?.chains ?? [];
    const [filter] = chain?.filters ?? [];
    assert.ok(filter?.type === 'tcp-proxy');
    assert.equal(filter.statPrefix, 'table.default');
    assert.equal(chain?.source, '/apis/networking.istio.io/v1/namespaces/default/virtual-service/table');
  });

  test('G-6: a rule without anything to draw is left out and named', () => {
    const { listeners, issues } = listen(
      [withPort('9/tcp')],
      [tcp({ route: [to('b.example', 0), to('c.example', 0)] })],
    );
    assert.deepEqual(listeners, [['10.1.0.1_9', '* → tcp outbound|9||a.example']]);
    assert.equal(issues.length, 1);
    assert.match(issues[0] ?? '', /spec\.tcp\[0\].*no destination has a weight above 0/);
  });
});

describe('TLS that goes on to the destination', () => {
  const shared = withPort('443/tls', { addresses: [] });

  test('TR-1, TR-3: each match has a chain; of two for one name the first is met', () => {
    const rules = tls(
      { match: [{ sniHosts: ['x.a.example', 'y.a.example'] }], route: [to('b.example')] },
      { match: [{ sniHosts: ['y.a.example', 'z.a.example'] }], route: [to('c.example')] },
      { match: [{ sniHosts: ['x.a.example'] }], route: [to('d.example')] },
    );
    const { listeners, issues } = listen([shared], [rules]);
    assert.deepEqual(listeners, [
      [
        '0.0.0.0_443',
        'sni=x.a.example,sni=y.a.example → tcp outbound|443||b.example',
        'sni=z.a.example → tcp outbound|443||c.example',
        'else → tcp PassthroughCluster',
      ],
    ]);
    assert.deepEqual(issues, []);
  });

  test('TR-5: without a rule that can hold the service is told by its name', () => {
    const rules = tls({ match: [{ sniHosts: ['a.example'], port: 8443 }], route: [to('b.example')] });
    const { listeners } = listen([shared], [rules, tcp({ route: [to('b.example')] })]);
    assert.deepEqual(listeners[0]?.slice(1), [
      'sni=a.example → tcp outbound|443||a.example',
      'else → tcp PassthroughCluster',
    ]);
  });

  test('TR-12: any name is no name', () => {
    const { listeners } = listen([shared], [tls({ match: [{ sniHosts: ['*'] }], route: [to('b.example')] })]);
    assert.deepEqual(listeners, [['0.0.0.0_443', '* → tcp outbound|443||b.example']]);
  });

  test('TR-12: a wildcard within a label cannot be compared and is named', () => {
    const rules = tls({ match: [{ sniHosts: ['*a.example'] }], route: [to('b.example')] });
    const { listeners, issues } = listen([withPort('443/tls')], [rules]);
    assert.deepEqual(listeners, [['10.1.0.1_443', '* → tcp outbound|443||a.example']]);
    assert.match(issues[0] ?? '', /spec\.tls\[0\].*whole labels/);
  });

  test('TR-4: ranges of a match take the place of the service’s', () => {
    const ranged = withPort('443/tls', { addresses: ['10.4.0.0/16'] });
    const match = [{ sniHosts: ['a.example'], destinationSubnets: ['10.5.0.0/16'] }, { sniHosts: ['b.a.example'] }];
    const { listeners } = listen([ranged], [tls({ match, route: [to('b.example')] })]);
    assert.deepEqual(listeners[0]?.slice(1, 3), [
      '10.5.0.0/16 sni=a.example → tcp outbound|443||b.example',
      '10.4.0.0/16 sni=b.a.example → tcp outbound|443||b.example',
    ]);
  });

  test('TR-5: a service with a range for an address is told by its name on loopback too', () => {
    const ranged = withPort('443/tls', { addresses: ['10.4.0.0/16'] });
    const nameless = serviceOf('b', { ports: [portOf('443/tls')] });
    const { listeners, issues } = listen([ranged, nameless], [], { interception: 'none' });
    assert.deepEqual(listeners, [
      ['127.0.0.1_443', 'sni=a.example → tcp outbound|443||a.example', 'else → tcp outbound|443||b.example'],
    ]);
    assert.deepEqual(issues, []);
  });

  test('TR-5: many hosts of one entry are told by name at its own address too', () => {
    const many = serviceOf('many', {
      hostname: '*.many.example',
      resolution: 'dynamic-dns',
      addresses: ['10.1.0.7'],
      ports: [portOf('443/tls')],
    });
    const { listeners } = listen([many], []);
    assert.deepEqual(listeners[0]?.slice(0, 2), [
      '10.1.0.7_443',
      'sni=*.many.example → sni-dynamic-forward-proxy *.many.example_dfp_dns_cache + tcp outbound|443||*.many.example',
    ]);
  });
});
