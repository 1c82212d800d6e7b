import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { outboundListeners } from '../../../lib/compile/outbound-listeners.ts';
import type { ListenerIr } from '../../../lib/ir/listener.ts';
import type { Service } from '../../../lib/model/service.ts';
import type { TrafficPolicy } from '../../../lib/model/traffic-policy.ts';
import type { ViewFacts } from '../../../lib/view/proxy-view.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { durationMs } from '../../../lib/base/brand.ts';
import { portOf, listenedView, serviceOf, summary, visible } from '../../support/proxy-view.ts';
import { sketches } from '../../support/listener-sketch.ts';

const HTTP_ONLY = 'raw_buffer http/1.1,h2c';

const ports = (...texts: string[]): Pick<Service, 'ports'> => ({ ports: texts.map(portOf) });

/** A service, and the addresses of its instances. */
type Given = readonly [service: Service, instances?: readonly string[]];

/** The listeners for services, oldest first. */
function listen(
  services: readonly Given[],
  facts: Partial<ViewFacts> = {},
): { readonly listeners: readonly ListenerIr[]; readonly issues: readonly string[] } {
  const view = listenedView({ facts, services: services.map(([service, instances]) => visible(service, instances)) });
  const { value, issues } = outboundListeners(view);
  return { listeners: value, issues: issues.map(summary) };
}

const NO_POLICY = {
  from: [],
  namespace: 'default',
  visibility: { to: 'everyone' },
  workloadSelector: undefined,
  ports: [],
  subsets: [],
} as const;

describe('where connections are met', () => {
  const cases: readonly [string, Service, readonly string[], readonly string[]][] = [
    [
      'LS-4: HTTP is met at the wildcard address',
      serviceOf('a', { ...ports('80/http'), addresses: ['10.1.0.1'] }),
      [],
      ['0.0.0.0_80'],
    ],
    [
      'LS-4: TCP is met at the address of the service',
      serviceOf('a', { ...ports('9/tcp'), addresses: ['10.1.0.1'] }),
      [],
      ['10.1.0.1_9'],
    ],
    ['LS-16: TCP without an address is met at the wildcard address', serviceOf('a', ports('9/tcp')), [], ['0.0.0.0_9']],
    [
      'SR-16: an unspecified address is no address',
      serviceOf('a', { ...ports('9/tcp'), addresses: ['0.0.0.0', '::'] }),
      [],
      ['0.0.0.0_9'],
    ],
    [
      'SE-1: each address of a ServiceEntry has its own listener',
      serviceOf('a', { ...ports('9/tcp'), addresses: ['10.1.0.1', '10.1.0.2'] }),
      [],
      ['10.1.0.1_9', '10.1.0.2_9'],
    ],
    ['LS-19: UDP is not met anywhere', serviceOf('a', ports('53/udp')), [], []],
    [
      'LS-17: a headless service is met at each of its instances',
      serviceOf('a', { ...ports('9/tcp'), resolution: 'headless', registry: 'kubernetes' }),
      ['10.0.0.8', '10.0.0.9', '10.0.0.8'],
      ['10.0.0.8_9', '10.0.0.9_9'],
    ],
    [
      'LS-17: a headless service without instances is met nowhere',
      serviceOf('a', { ...ports('9/tcp'), resolution: 'headless', registry: 'kubernetes' }),
      [],
      [],
    ],
    [
      'LS-17: an instance that is no address is left out',
      serviceOf('a', { ...ports('9/tcp'), resolution: 'passthrough' }),
      ['db.example', '10.0.0.9'],
      ['10.0.0.9_9'],
    ],
    [
      'LS-17: a ServiceEntry that says nothing about its instances is met at the wildcard address',
      serviceOf('a', { ...ports('9/tcp'), resolution: 'passthrough' }),
      [],
      ['0.0.0.0_9'],
    ],
    [
      'LS-17: HTTP of a headless service shares the wildcard address',
      serviceOf('a', { ...ports('80/http'), resolution: 'headless', registry: 'kubernetes' }),
      ['10.0.0.8'],
      ['0.0.0.0_80'],
    ],
  ];
  for (const [name, service, instances, expected] of cases) {
    test(name, () =>
      assert.deepEqual(
        listen([[service, instances]]).listeners.map((listener) => listener.name),
        expected,
      ),
    );
  }

  test('LS-2: without interception everything is met on loopback, at real ports', () => {
    const services = serviceOf('a', { ...ports('80/http', '9/tcp'), addresses: ['10.1.0.1'] });
    const { listeners } = listen([[services]], { interception: 'none' });
    assert.deepEqual(sketches(listeners), [
      ['127.0.0.1_80', '* → http 80'],
      ['127.0.0.1_9', '* → tcp outbound|9||a.example'],
    ]);
    assert.deepEqual(
      listeners.map(({ bindsPort }) => bindsPort),
      [true, true],
    );
  });

  test('LS-1: where connections are redirected, no listener of a service binds a port', () => {
    const { listeners } = listen([[serviceOf('a', ports('80/http', '9/tcp'))]]);
    assert.deepEqual(
      listeners.map(({ bindsPort }) => bindsPort),
      [false, false],
    );
  });

  test('LS-4: proxies of IPv6 and of both families use the addresses of theirs', () => {
    const services: [Service][] = [[serviceOf('a', ports('80/http'))]];
    const addresses = (facts: Partial<ViewFacts>): unknown => listen(services, facts).listeners.map((l) => l.addresses);
    assert.deepEqual(addresses({ ipFamily: 'v6' }), [['::']]);
    assert.deepEqual(addresses({ ipFamily: 'dual' }), [['0.0.0.0', '::']]);
    assert.deepEqual(addresses({ ipFamily: 'v6', interception: 'none' }), [['::1']]);
  });

  test('SR-14, SR-15: a Service is met at its addresses of the proxy’s families, by one listener', () => {
    const service = serviceOf('a', { ...ports('9/tcp'), registry: 'kubernetes', addresses: ['10.1.0.1', 'fd00::1'] });
    const addresses = (ipFamily: ViewFacts['ipFamily']): unknown =>
      listen([[service]], { ipFamily }).listeners.map((listener) => listener.addresses);
    assert.deepEqual(addresses('v4'), [['10.1.0.1']]);
    assert.deepEqual(addresses('v6'), [['fd00::1']]);
    assert.deepEqual(addresses('dual'), [['10.1.0.1', 'fd00::1']]);
  });
});

describe('what a listener does', () => {
  test('LS-8: HTTP at the wildcard address takes only HTTP; the rest goes where unknown destinations go', () => {
    const { listeners } = listen([[serviceOf('a', ports('80/http'))]]);
    assert.deepEqual(sketches(listeners), [['0.0.0.0_80', `${HTTP_ONLY} → http 80`, 'else → tcp PassthroughCluster']]);
    assert.deepEqual(listeners[0]?.inspectors, [{ type: 'http-inspector', ports: { on: 'every-port' } }]);
  });

  test('LS-8: with REGISTRY_ONLY the rest goes nowhere', () => {
    const mesh = { ...meshDefaults(), outboundPolicy: 'registry-only' } as const;
    const { value } = outboundListeners(listenedView({ mesh, services: [visible(serviceOf('a', ports('80/http')))] }));
    assert.equal(sketches(value)[0]?.at(-1), 'else → tcp BlackHoleCluster');
  });

  test('LS-9: a port without a protocol on an address of its own has its own routes', () => {
    const { listeners } = listen([[serviceOf('a', { ...ports('81'), addresses: ['10.1.0.1'] })]]);
    assert.deepEqual(sketches(listeners), [
      ['10.1.0.1_81', `${HTTP_ONLY} → http a.example:81`, 'else → tcp outbound|81||a.example'],
    ]);
  });

  test('LS-9: where the address is shared, so are the routes', () => {
    const { listeners } = listen([[serviceOf('a', ports('81'))]]);
    assert.deepEqual(sketches(listeners), [
      ['0.0.0.0_81', `${HTTP_ONLY} → http 81`, 'else → tcp outbound|81||a.example'],
    ]);
  });

  test('RD-17: a port that says it is a forward proxy is not looked into', () => {
    const { listeners } = listen([[serviceOf('a', ports('3128/http_proxy'))]]);
    assert.deepEqual(sketches(listeners), [['0.0.0.0_3128', '* → http 3128']]);
    assert.deepEqual(listeners[0]?.inspectors, []);
  });

  test('LS-12: only looking for HTTP has the mesh’s time limit, and never closes the connection', () => {
    const mesh = { ...meshDefaults(), protocolDetectionTimeout: durationMs(300) };
    const services = [visible(serviceOf('a', ports('80/http', '9/tcp', '443/tls')))];
    const { value } = outboundListeners(listenedView({ mesh, services }));
    const limits = value.map((l) => [l.port, l.inspectionTimeout, l.continuesUninspected]);
    assert.deepEqual(limits, [
      [80, 300, true],
      [9, 0, true],
      [443, 0, true],
    ]);
  });

  test('TR-5, LS-13, LS-15: TLS at the wildcard address is told by the server’s name', () => {
    const { listeners } = listen([[serviceOf('a', ports('443/tls'))], [serviceOf('b', ports('443/https'))]]);
    assert.deepEqual(sketches(listeners), [
      [
        '0.0.0.0_443',
        'sni=a.example → tcp outbound|443||a.example',
        'sni=b.example → tcp outbound|443||b.example',
        'else → tcp PassthroughCluster',
      ],
    ]);
    assert.deepEqual(listeners[0]?.inspectors, [{ type: 'tls-inspector', ports: { on: 'every-port' } }]);
  });

  test('TR-5, LS-15: TLS at an address of its own needs no name', () => {
    const { listeners } = listen([[serviceOf('a', { ...ports('443/tls'), addresses: ['10.1.0.1'] })]]);
    assert.deepEqual(sketches(listeners), [['10.1.0.1_443', '* → tcp outbound|443||a.example']]);
    assert.deepEqual(listeners[0]?.inspectors, []);
  });

  test('TR-5: a range of addresses is told by the destination, TLS by the name as well', () => {
    const addresses = ['10.1.0.0/16'];
    const { listeners } = listen([[serviceOf('a', { ...ports('9/tcp', '443/tls'), addresses })]]);
    assert.deepEqual(sketches(listeners), [
      ['0.0.0.0_9', '10.1.0.0/16 → tcp outbound|9||a.example', 'else → tcp PassthroughCluster'],
      ['0.0.0.0_443', '10.1.0.0/16 sni=a.example → tcp outbound|443||a.example', 'else → tcp PassthroughCluster'],
    ]);
  });

  test('TR-5: Envoy would refuse a name like *a.example, so the port gets no listener', () => {
    const { listeners, issues } = listen([[serviceOf('a', { hostname: '*a.example', ...ports('443/tls') })]]);
    assert.deepEqual(listeners, []);
    assert.deepEqual(issues, ['LISTENER_CONFLICT ServiceEntry/default/a']);
  });

  test('TR-9: limits and hashing come from the traffic policy', () => {
    const service = serviceOf('a', ports('9/tcp'));
    const blocks = {
      pool: {
        tcpIdleTimeout: durationMs(1000),
        maxConnectionDuration: durationMs(2000),
        h2Upgrade: 'unset',
        usesClientProtocol: false,
      },
      lb: { algorithm: { type: 'maglev', tableSize: undefined, key: { on: 'source-ip' } } },
    } as const;
    const policy = { ...NO_POLICY, host: service.hostname, blocks };
    const { value } = outboundListeners(listenedView({ services: [{ ...visible(service), policy }] }));
    assert.deepEqual(value[0]?.chains[0]?.filters, [
      {
        type: 'tcp-proxy',
        statPrefix: 'outbound|9||a.example',
        target: { type: 'cluster', cluster: 'outbound|9||a.example' },
        idleTimeout: 1000,
        maxConnectionDuration: 2000,
        hashesSourceIp: true,
        tunnel: undefined,
      },
    ]);
  });

  test('LB-17: a TCP connection has no header or cookie to hash', () => {
    for (const [key, hashesSourceIp] of [
      [{ on: 'source-ip' }, true],
      [{ on: 'header', name: 'h' }, false],
    ] as const) {
      const service = serviceOf('a', ports('9/tcp'));
      const blocks = { lb: { algorithm: { type: 'maglev', tableSize: undefined, key } } } as const;
      const policy = { ...NO_POLICY, host: service.hostname, blocks };
      const { value } = outboundListeners(listenedView({ services: [{ ...visible(service), policy }] }));
      const [filter] = value[0]?.chains[0]?.filters ?? [];
      assert.equal(filter?.type === 'tcp-proxy' && filter.hashesSourceIp, hashesSourceIp, key.on);
    }
  });

  test('TR-9: a proxy says how long connections may be idle where no policy does', () => {
    const idle = (pool: object | undefined): unknown => {
      const service = serviceOf('a', ports('9/tcp'));
      const policy = pool && ({ ...NO_POLICY, host: service.hostname, blocks: { pool } } as TrafficPolicy);
      const facts = { idleTimeout: durationMs(7000) };
      const { value } = outboundListeners(listenedView({ facts, services: [{ ...visible(service), policy }] }));
      const [filter] = value[0]?.chains[0]?.filters ?? [];
      return filter?.type === 'tcp-proxy' && filter.idleTimeout;
    };
    assert.equal(idle(undefined), 7000);
    assert.equal(idle({}), 7000);
    assert.equal(idle({ tcpIdleTimeout: durationMs(1000) }), 1000);
  });

  test('CL-12: TCP is counted under the mesh’s pattern', () => {
    const mesh = { ...meshDefaults(), outboundStatName: '%SERVICE_NAME%_%SERVICE_PORT%' };
    const { value } = outboundListeners(listenedView({ mesh, services: [visible(serviceOf('a', ports('9/tcp')))] }));
    const [filter] = value[0]?.chains[0]?.filters ?? [];
    assert.ok(filter?.type === 'tcp-proxy');
    assert.equal(filter.statPrefix, 'a.example_9');
    assert.deepEqual(filter.target, { type: 'cluster', cluster: 'outbound|9||a.example' });
  });

  test('TR-11: operations of MongoDB are counted before its bytes go on', () => {
    const { listeners } = listen([[serviceOf('a', ports('27017/mongo'))]]);
    assert.deepEqual(sketches(listeners), [['0.0.0.0_27017', '* → mongo-proxy + tcp outbound|27017||a.example']]);
  });
});

describe('several services at one socket', () => {
  const http = `${HTTP_ONLY} → http 80`;
  const tcpOf = (name: string): string => `else → tcp outbound|80||${name}.example`;
  const passthrough = 'else → tcp PassthroughCluster';
  const cases: readonly [string, string, string, readonly string[], boolean][] = [
    ['LS-10: HTTP beside HTTP shares its routes', '80/http', '80/grpc', [http, passthrough], false],
    ['LS-10: TCP beside HTTP takes what is not HTTP', '80/http', '80/tcp', [http, tcpOf('b')], false],
    ['LS-10: HTTP beside TCP takes what is HTTP', '80/tcp', '80/http', [http, tcpOf('a')], false],
    ['LS-10: a port without a protocol beside TCP adds HTTP', '80/tcp', '80', [http, tcpOf('a')], true],
    ['LS-11: of two that take all TCP the older stays', '80/tcp', '80/tcp', ['* → tcp outbound|80||a.example'], true],
    ['LS-11: TCP beside a port without a protocol loses', '80', '80/tcp', [http, tcpOf('a')], true],
    ['LS-10: of two ports without a protocol the older keeps what is not HTTP', '80', '80', [http, tcpOf('a')], false],
    ['LS-10: MongoDB is not mixed with HTTP', '80/http', '80/mongo', [http, passthrough], true],
    [
      'LS-10: HTTP is not mixed with MongoDB',
      '80/mongo',
      '80/http',
      ['* → mongo-proxy + tcp outbound|80||a.example'],
      true,
    ],
    ['LS-10: MySQL is not mixed with TCP', '80/mysql', '80/tcp', ['* → tcp outbound|80||a.example'], true],
  ];
  for (const [name, older, younger, expected, isConflict] of cases) {
    test(name, () => {
      const { listeners, issues } = listen([[serviceOf('a', ports(older))], [serviceOf('b', ports(younger))]]);
      assert.deepEqual(sketches(listeners), [['0.0.0.0_80', ...expected]]);
      assert.deepEqual(issues, isConflict ? ['LISTENER_CONFLICT ServiceEntry/default/b'] : []);
    });
  }

  const loopback: readonly [string, string, string, readonly string[]][] = [
    ['LS-10 on loopback: TCP beside HTTP', '80/http', '80/tcp', [http, tcpOf('b')]],
    ['LS-10 on loopback: HTTP beside TCP', '80/tcp', '80/http', [http, tcpOf('a')]],
    ['LS-10 on loopback: no protocol beside HTTP keeps the routes of both', '80/http', '80', [http, tcpOf('b')]],
  ];
  for (const [name, older, younger, expected] of loopback) {
    test(name, () => {
      const services: [Service][] = [[serviceOf('a', ports(older))], [serviceOf('b', ports(younger))]];
      assert.deepEqual(sketches(listen(services, { interception: 'none' }).listeners), [['127.0.0.1_80', ...expected]]);
    });
  }

  test('LS-11: ranges that differ in insignificant bits only are the same', () => {
    const service = (name: string, address: string): [Service] => [
      serviceOf(name, { ...ports('9/tcp'), addresses: [address] }),
    ];
    const { listeners, issues } = listen([
      service('a', '10.1.0.0/16'),
      service('b', '10.1.2.3/16'),
      service('c', '10.2.0.0/16'),
    ]);
    assert.deepEqual(sketches(listeners)[0]?.slice(1, 3), [
      '10.1.0.0/16 → tcp outbound|9||a.example',
      '10.2.0.0/16 → tcp outbound|9||c.example',
    ]);
    assert.deepEqual(issues, ['LISTENER_CONFLICT ServiceEntry/default/b']);
  });

  test('LS-16: two services on one address and port: the older keeps it', () => {
    const service = (name: string): [Service] => [serviceOf(name, { ...ports('9/tcp'), addresses: ['10.1.0.1'] })];
    const { listeners, issues } = listen([service('a'), service('b')]);
    assert.deepEqual(sketches(listeners), [['10.1.0.1_9', '* → tcp outbound|9||a.example']]);
    assert.deepEqual(issues, ['LISTENER_CONFLICT ServiceEntry/default/b']);
  });
});

describe('ports that the proxy keeps', () => {
  const cases: readonly [string, string, Partial<ViewFacts>, readonly string[]][] = [
    ['LS-6: the port of redirected connections', '15001/http', {}, []],
    ['LS-6: the port of redirected inbound connections', '15006/tcp', {}, []],
    ['LS-6: a port that the machine uses', '15021/http', { reservedPorts: [15021] }, []],
    ['LS-6: low ports of a proxy without privileges', '80/http', { interception: 'none', isUnprivileged: true }, []],
    ['LS-6: low ports need no privilege where nothing is bound', '80/http', { isUnprivileged: true }, ['0.0.0.0_80']],
    ['LS-18: the forward-proxy port', '8081/http', { interception: 'none', httpProxyPort: 8081 }, []],
  ];
  for (const [name, port, facts, expected] of cases) {
    test(name, () => {
      const { listeners, issues } = listen([[serviceOf('a', ports(port))]], facts);
      assert.deepEqual(
        listeners.map((listener) => listener.name),
        expected,
      );
      assert.deepEqual(issues, expected.length === 0 ? ['LISTENER_CONFLICT ServiceEntry/default/a'] : []);
    });
  }

  test('LS-6: a reserved port at an address of its own does not clash', () => {
    const { listeners } = listen([[serviceOf('a', { ...ports('15001/tcp'), addresses: ['10.1.0.1'] })]]);
    assert.deepEqual(
      listeners.map(({ name }) => name),
      ['10.1.0.1_15001'],
    );
  });
});
