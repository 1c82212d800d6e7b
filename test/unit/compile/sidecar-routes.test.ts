import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSidecarRoutes } from '../../../lib/compile/sidecar-routes.ts';
import type { RouteConfigurationIr, VirtualHostIr } from '../../../lib/ir/route-configuration.ts';
import type { RouteTable } from '../../../lib/model/route-table.ts';
import type { VirtualServiceSpec } from '../../../lib/resources/virtual-service-spec.ts';
import type { ProxyView } from '../../../lib/view/proxy-view.ts';
import type { MeshSettings } from '../../../lib/model/mesh-settings.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { readRouteTables } from '../../../lib/world/route-tables.ts';
import { type ProxyViewChanges, portOf, proxyView, serviceOf, summary, visible } from '../../support/proxy-view.ts';
import { virtualService } from '../../support/route-tables.ts';

const service = (host: string, ...ports: readonly string[]): ProxyView['services'][number] =>
  visible(serviceOf(host, { hostname: host, ports: ports.map(portOf) }));
const answers = (status: number): VirtualServiceSpec => ({ http: [{ directResponse: { status } }] });
const tables = (specs: Readonly<Record<string, VirtualServiceSpec>>): readonly RouteTable[] =>
  readRouteTables(
    Object.entries(specs).map(([name, spec]) => virtualService(name, spec)),
    meshDefaults(),
  ).value;

const facts = { dnsDomain: '' };
const compiled = (changes: Omit<ProxyViewChanges, 'facts'>, ...names: readonly string[]) =>
  compileSidecarRoutes(proxyView({ ...changes, facts }), names);
const only = (changes: Omit<ProxyViewChanges, 'facts'>, name: string): RouteConfigurationIr => {
  const [configuration] = compiled(changes, name).value;
  if (configuration === undefined) throw new Error(`nothing for ${name}`);
  return configuration;
};
/** `name -> what the first route does`, for every virtual host but the catch-all. */
const told = ({ virtualHosts }: RouteConfigurationIr): readonly string[] =>
  virtualHosts.filter(({ name }) => name !== 'allow_any').map((host) => `${host.name} -> ${actionOf(host)}`);

function actionOf({ routes }: VirtualHostIr): string {
  const action = routes[0]?.action;
  if (action?.type === 'direct-response') return String(action.status);
  return action?.type === 'forward' && action.target.type === 'cluster' ? action.target.cluster : '?';
}

test('RD-1: nothing for names that are none, and each name once', () => {
  const { value } = compiled({ services: [service('a', '80/http')] }, 'nonsense', '0', '80', '80', '70000x');
  assert.deepEqual(
    value.map(({ name }) => name),
    ['80'],
  );
});

test('RD-3, RD-4, RT-32: a virtual host for each service of the port that speaks HTTP or is sniffed', () => {
  const services = [
    service('b', '80/http', '81/http'),
    service('a', '80'),
    service('c', '80/tcp'),
    service('d', '81/http'),
  ];
  assert.deepEqual(told(only({ services }, '80')), ['a:80 -> outbound|80||a', 'b:80 -> outbound|80||b']);
});

test('RD-10, VS-20: a table whose host is the service speaks for it; the first one does', () => {
  const services = [service('a.x', '80/http')];
  const routeTables = tables({ one: { hosts: ['a.x'], ...answers(201) }, two: { hosts: ['a.x'], ...answers(202) } });
  assert.deepEqual(told(only({ services, routeTables }, '80')), ['a.x:80 -> 201']);
  const { issues } = compiled({ services, routeTables }, '80');
  assert.deepEqual(issues.map(summary), ['DUPLICATE_DOMAIN VirtualService/default/two']);
});

test('VS-17, RD-10: an exact host before the longest wildcard, and that before others', () => {
  const services = [service('a.b.x', '80/http'), service('c.b.x', '80/http'), service('d.x', '80/http')];
  const routeTables = tables({
    any: { hosts: ['*.x'], ...answers(201) },
    closer: { hosts: ['*.b.x'], ...answers(202) },
    exact: { hosts: ['a.b.x'], ...answers(203) },
  });
  assert.deepEqual(told(only({ services, routeTables }, '80')), [
    'a.b.x:80 -> 203',
    'c.b.x:80 -> 202',
    'd.x:80 -> 201',
  ]);
});

test('RD-11, RD-16: hosts that are no service have routes on port 80 only', () => {
  const services = [service('a', '80/http', '81/http')];
  const routeTables = tables({ out: { hosts: ['out.example', '*.far.example'], ...answers(201) } });
  assert.deepEqual(told(only({ services, routeTables }, '80')), [
    '*.far.example:80 -> 201',
    'a:80 -> outbound|80||a',
    'out.example:80 -> 201',
  ]);
  assert.deepEqual(told(only({ services, routeTables }, '81')), ['a:81 -> outbound|81||a']);
});

test('RD-11: beside a service they have routes on its port too', () => {
  const routeTables = tables({ both: { hosts: ['a.x', 'out.example'], ...answers(201) } });
  const configuration = only({ services: [service('a.x', '81/http')], routeTables }, '81');
  assert.deepEqual(told(configuration), ['a.x:81 -> 201', 'out.example:81 -> 201']);
});

test('RD-20: a table that has no say on the port leaves the service its default route, or to the next table', () => {
  const elsewhere = { hosts: ['a.x'], http: [{ match: [{ port: 81 }], directResponse: { status: 201 } }] };
  const services = [service('a.x', '80/http', '81/http')];
  assert.deepEqual(told(only({ services, routeTables: tables({ elsewhere }) }, '80')), ['a.x:80 -> outbound|80||a.x']);
  const routeTables = tables({ elsewhere, next: { hosts: ['a.x'], ...answers(202) } });
  assert.deepEqual(told(only({ services, routeTables }, '80')), ['a.x:80 -> 202']);
  assert.deepEqual(told(only({ services, routeTables }, '81')), ['a.x:81 -> 201']);
});

test('RD-8: a domain belongs to the first virtual host, whatever its case', () => {
  const routeTables = tables({
    one: { hosts: ['OUT.example'], ...answers(201) },
    two: { hosts: ['out.example', 'b.example'], ...answers(202) },
  });
  assert.deepEqual(told(only({ routeTables }, '80')), ['b.example:80 -> 202', 'out.example:80 -> 201']);
});

test('RD-8: of two services with one address the first has it as a domain, and the other one says so', () => {
  const at = (host: string) =>
    visible(serviceOf(host, { hostname: host, ports: [portOf('80/http')], addresses: ['10.1.1.1'] }));
  const { value, issues } = compiled({ services: [at('b.x'), at('a.x')] }, '80');
  const owners = value[0]?.virtualHosts.filter(({ domains }) => domains.includes('10.1.1.1')) ?? [];
  assert.deepEqual(
    owners.map(({ name }) => name),
    ['b.x:80'],
  );
  assert.deepEqual(
    issues.map(({ code, subject }) => [code, subject]),
    [['DUPLICATE_DOMAIN', 'a.x:80']],
  );
});

test('RD-9: a short form does not take the name of a real service', () => {
  const services = [service('foo.com.cluster.local', '80/http'), service('foo.com', '80/http')];
  const view = proxyView({ services, facts: { dnsDomain: 'cluster.local' } });
  const hosts = compileSidecarRoutes(view, ['80']).value[0]?.virtualHosts ?? [];
  const owners = hosts.filter(({ domains }) => domains.includes('foo.com')).map(({ name }) => name);
  assert.deepEqual(owners, ['foo.com:80']);
});

test('RD-13: a sniffed listener has its one service under every domain, and no catch-all', () => {
  const { virtualHosts } = only({ services: [service('a', '80'), service('b', '80')] }, 'b:80');
  assert.deepEqual(
    virtualHosts.map(({ name, domains }) => [name, domains]),
    [['b:80', ['*']]],
  );
});

test('RD-14: unknown hosts pass where the mesh lets them, are looked up where it says so, and get 502 where it does not', () => {
  const catchAll = (outboundPolicy: MeshSettings['outboundPolicy']) =>
    only({ mesh: { ...meshDefaults(), outboundPolicy } }, '80').virtualHosts.at(-1);
  const passed = catchAll('allow-any');
  assert.deepEqual(
    [passed?.name, passed?.domains, passed && actionOf(passed)],
    ['allow_any', ['*'], 'PassthroughCluster'],
  );
  const lookedUp = catchAll('look-up');
  assert.deepEqual(
    [lookedUp?.name, lookedUp?.domains, lookedUp && actionOf(lookedUp)],
    ['allow_any_dynamic_dns', ['*'], 'AllowAnyDynamicDNSCluster'],
  );
  const blocked = catchAll('registry-only');
  assert.deepEqual([blocked?.name, blocked?.domains, blocked && actionOf(blocked)], ['block_all', ['*'], '502']);
});

test('RD-15: virtual hosts by name, the catch-all last', () => {
  const { virtualHosts, ignoresPort, maxDirectBody } = only(
    { services: [service('zz', '80/http'), service('b', '80/http')] },
    '80',
  );
  assert.deepEqual(
    virtualHosts.map(({ name }) => name),
    ['b:80', 'zz:80', 'allow_any'],
  );
  assert.deepEqual([ignoresPort, maxDirectBody], [true, 1_048_576]);
});

test('RD-6: through a forward proxy the port tells services apart, except on port 80', () => {
  const services = [service('a', '80/http', '81/http'), service('c', '27017/mongo')];
  const { virtualHosts, ignoresPort } = only({ services }, 'http_proxy');
  assert.equal(ignoresPort, false);
  assert.deepEqual(compiled({ services }, 'http_proxy').issues, []); // the ports of one service take nothing from each other
  assert.deepEqual(
    virtualHosts.map(({ name, domains }) => [name, domains]),
    [
      ['a:80', ['a', 'a:80', 'a.', 'a.:80']],
      ['a:81', ['a:81', 'a.:81']],
      ['allow_any', ['*']],
    ],
  );
});

test('RD-3: through a forward proxy a table speaks on each port of its service, and matches see that port', () => {
  const routeTables = tables({
    a: {
      hosts: ['a.x'],
      http: [{ match: [{ port: 81 }], directResponse: { status: 201 } }, { route: [{ destination: { host: 'a.x' } }] }],
    },
  });
  const configuration = only({ services: [service('a.x', '80/http', '81/http')], routeTables }, 'http_proxy');
  assert.deepEqual(told(configuration), ['a.x:80 -> outbound|80||a.x', 'a.x:81 -> 201']);
});

test('RD-11: through a forward proxy hosts that are no service are routed as on port 80', () => {
  const routeTables = tables({ out: { hosts: ['out.example'], ...answers(201) } });
  const { virtualHosts } = only({ routeTables }, 'http_proxy');
  assert.deepEqual(virtualHosts[0]?.domains, ['out.example', 'out.example:80']);
  const istioProxy = proxyView({ routeTables, facts: { profile: 'istio-proxy', dnsDomain: '' } });
  const [ignoring] = compileSidecarRoutes(istioProxy, ['http_proxy']).value;
  assert.deepEqual(ignoring?.virtualHosts[0]?.domains, ['out.example']);
});
