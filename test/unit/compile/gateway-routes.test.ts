import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RouteConfigurationIr } from '../../../lib/ir/route-configuration.ts';
import { lineOf } from '../../support/line.ts';

const node = { type: 'router', namespace: 'edge', labels: { app: 'edge' } } as const;

interface ServerText {
  readonly hosts: readonly string[];
  readonly port?: number;
  readonly redirect?: boolean;
}

/** A Gateway `name` of namespace `ns`, one server per item; every server is on port 80 unless it says otherwise. */
function gateway(name: string, ...servers: readonly ServerText[]): string {
  const spec = servers.map(({ hosts, port = 80, redirect = false }, index) => ({
    port: { number: port, name: `p${index}`, protocol: 'HTTP' },
    hosts,
    ...(redirect && { tls: { httpsRedirect: true } }),
  }));
  return document('Gateway', `ns/${name}`, { servers: spec });
}

/** A VirtualService whose only route is named after it; `match` makes it particular. */
function table(fullName: string, hosts: readonly string[], { gateways, match }: Attached): string {
  const name = fullName.split('/')[1] ?? '';
  const route = { name, route: [{ destination: { host: `${name}.example`, port: { number: 80 } } }] };
  const http = [match === undefined ? route : { ...route, match: [match] }];
  return document('VirtualService', fullName, { hosts, gateways, http });
}

interface Attached {
  readonly gateways: readonly string[];
  readonly match?: object;
}

function document(kind: string, fullName: string, spec: object): string {
  const [namespace, name] = fullName.split('/');
  return JSON.stringify({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace }, spec });
}

const routesOf = (...documents: readonly string[]): readonly RouteConfigurationIr[] =>
  lineOf(documents.join('\n---\n'), node).ir.routes;

/** Virtual hosts as `name domains: routes`, of all route configurations. */
const hostsOf = (...documents: readonly string[]): readonly string[] =>
  routesOf(...documents).flatMap(({ virtualHosts }) =>
    virtualHosts.map(
      ({ name, domains, routes, requiresTls }) =>
        `${name} ${domains.join(',')}: ${routes.map((route) => route.name).join(',')}${requiresTls ? ' tls' : ''}`,
    ),
  );

describe('which hosts are routed', () => {
  const cases: readonly [string, readonly string[], readonly string[]][] = [
    [
      'GW-17: the narrower of the server’s and the table’s',
      [gateway('g', { hosts: ['*.a.com'] }), table('ns/t', ['x.a.com', 'b.com'], { gateways: ['g'] })],
      ['x.a.com:80 x.a.com: t'],
    ],
    [
      'GW-17: the server’s where the table’s is wider',
      [gateway('g', { hosts: ['x.a.com'] }), table('ns/t', ['*.a.com'], { gateways: ['g'] })],
      ['x.a.com:80 x.a.com: t'],
    ],
    [
      'GW-17: a namespace before the host keeps other tables out',
      [gateway('g', { hosts: ['ns/a.com'] }), table('other/t', ['a.com'], { gateways: ['ns/g'] })],
      ['blackhole:80 *: '],
    ],
    [
      'GW-17: the own namespace',
      [gateway('g', { hosts: ['./a.com'] }), table('ns/t', ['a.com'], { gateways: ['g'] })],
      ['a.com:80 a.com: t'],
    ],
    [
      'GW-18, VS-20: tables of one host all have their say, oldest first by name',
      [
        gateway('g', { hosts: ['*'] }),
        table('ns/u', ['a.com'], { gateways: ['g'], match: { uri: { prefix: '/u' } } }),
        table('ns/t', ['a.com'], { gateways: ['g'], match: { uri: { prefix: '/t' } } }),
      ],
      ['a.com:80 a.com: t,u'],
    ],
    [
      'RT-34: what takes every request comes last',
      [
        gateway('g', { hosts: ['*'] }),
        table('ns/t', ['a.com'], { gateways: ['g'] }),
        table('ns/u', ['a.com'], { gateways: ['g'], match: { uri: { prefix: '/u' } } }),
      ],
      ['a.com:80 a.com: u,t'],
    ],
    [
      'GW-19: a redirecting server redirects',
      [gateway('g', { hosts: ['a.com'], redirect: true }), table('ns/t', ['a.com'], { gateways: ['g'] })],
      ['a.com:80 a.com: t tls'],
    ],
    [
      'GW-19: also hosts without a table, without their namespace',
      [gateway('g', { hosts: ['ns/a.com'], redirect: true })],
      ['a.com:80 a.com:  tls'],
    ],
    ['GW-21: without any host everything is 404', [gateway('g', { hosts: ['a.com'] })], ['blackhole:80 *: ']],
    [
      'GW-23: hosts with the same routes are one',
      [gateway('g', { hosts: ['*'] }), table('ns/t', ['b.com', 'a.com', '*.c.com'], { gateways: ['g'] })],
      ['a.com:80 a.com,b.com,*.c.com: t'],
    ],
    [
      'GW-23: but not where one of them redirects',
      [
        gateway('g', { hosts: ['a.com'], redirect: true }, { hosts: ['b.com'] }),
        table('ns/t', ['a.com', 'b.com'], { gateways: ['g'] }),
      ],
      ['a.com:80 a.com: t tls', 'b.com:80 b.com: t'],
    ],
    [
      'GW-24: a table of the mesh alone is not for gateways',
      [gateway('g', { hosts: ['*'] }), table('ns/t', ['a.com'], { gateways: ['mesh'] })],
      ['blackhole:80 *: '],
    ],
    [
      'GW-24: a table of two gateways is in both',
      [
        gateway('g', { hosts: ['*'] }),
        gateway('h', { hosts: ['*'], port: 81 }),
        table('ns/t', ['a.com'], { gateways: ['g', 'h'] }),
      ],
      ['a.com:80 a.com: t', 'a.com:81 a.com: t'],
    ],
    [
      'RT-3: a table whose routes are all for another port has no say',
      [gateway('g', { hosts: ['*'] }), table('ns/t', ['a.com'], { gateways: ['g'], match: { port: 81 } })],
      ['blackhole:80 *: '],
    ],
    [
      'GW-39: one Gateway’s table is added once to a host',
      [gateway('g', { hosts: ['a.com'] }, { hosts: ['*.com'] }), table('ns/t', ['a.com'], { gateways: ['g'] })],
      ['a.com:80 a.com: t'],
    ],
  ];
  for (const [name, documents, expected] of cases) {
    test(name, () => assert.deepEqual(hostsOf(...documents), expected));
  }
});

test('GW-20: the port of a request’s authority is not compared', () => {
  const [routes] = routesOf(gateway('g', { hosts: ['*'] }));
  assert.equal(routes?.ignoresPort, true);
  assert.equal(routes?.name, 'http.80');
});

test('VS-19: a match may name the gateway that it is for', () => {
  const only = { gateways: ['ns/g'], uri: { prefix: '/g' } };
  const documents = [
    gateway('g', { hosts: ['*'] }),
    gateway('h', { hosts: ['*'], port: 81 }),
    table('ns/t', ['a.com'], { gateways: ['g', 'h'], match: only }),
  ];
  assert.deepEqual(hostsOf(...documents), ['a.com:80 a.com: t', 'blackhole:81 *: ']);
});
