import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePorts } from '../../tools/support/free-port.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { backend, type TinyServer, tinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import {
  ask,
  entry,
  type Place,
  sendLine,
  sidecar,
  type SidecarMesh,
  startSidecarMesh,
} from '../support/sidecar-mesh.ts';
import { steadyLoad } from '../support/steady-load.ts';
import { tempDir } from '../support/temp-dir.ts';

const NAMES = ['inside', 'outside', 'spare', 'gate', 'app'] as const;
const PER_SECOND = 200;

describe('a real Envoy calls and listens as its Sidecar says', await need('envoy'), () => {
  const directory = tempDir();
  const outSocket = join(directory.path, 'out.sock');
  const appSocket = join(directory.path, 'app.sock');
  const socketApp = createHttpServer((_request, response) => response.end('app at its socket'));
  /** Answers at once with what is no HTTP. */
  const bytes = createServer((socket) => socket.resume().end('bytes\r\n'));
  let mesh: SidecarMesh;
  let servers: readonly TinyServer[];
  let slow: TinyServer & { readonly waiting: (() => void)[] };
  let ports: Readonly<Record<'http' | 'more' | 'tcp' | 'first' | 'second' | 'third', number>>;

  const portOf = (name: (typeof NAMES)[number]): number => servers[NAMES.indexOf(name)]?.port ?? 0;
  const at = (port: number, host = '127.0.0.1'): Place => ({ host, port });
  const http = (name: (typeof NAMES)[number]): readonly [string, number] => ['HTTP', portOf(name)];
  /** What there is besides the Sidecar: two namespaces, and a port that HTTP has in one service and bytes in the other. */
  const services = (): readonly string[] => [
    entry({ host: 'inside.test', ports: { [ports.http]: http('inside'), [ports.more]: http('inside') } }),
    entry({ host: 'gate.test', ports: { [ports.http]: http('gate') } }),
    entry({ host: 'outside.test', namespace: 'other', ports: { [ports.http]: http('outside') } }),
    entry({ host: 'spare.test', namespace: 'other', ports: { [ports.http]: http('spare') } }),
    entry({ host: 'bytes.test', namespace: 'other', ports: { [ports.tcp]: ['TCP', bytesPort()] } }),
  ];
  const bytesPort = (): number => (bytes.address() as { port: number }).port;
  const become = (...sidecars: readonly string[]): Promise<void> => mesh.become([...services(), ...sidecars]);
  const answers = async (): Promise<Readonly<Record<string, string>>> => {
    const hosts = ['inside', 'outside', 'spare'];
    const found = await Promise.all(hosts.map((host) => ask(at(ports.http), `${host}.test`)));
    return Object.fromEntries(hosts.map((host, index) => [host, found[index] ?? '']));
  };

  before(async () => {
    servers = await Promise.all(NAMES.map(backend));
    const waiting: (() => void)[] = [];
    slow = { ...(await tinyServer((_request, response) => waiting.push(() => response.end('slow')))), waiting };
    await new Promise<void>((done) => socketApp.listen(appSocket, done));
    await new Promise<void>((done) => bytes.listen(0, '127.0.0.1', done));
    const base = await freePorts(6);
    ports = { http: base, more: base + 1, tcp: base + 2, first: base + 3, second: base + 4, third: base + 5 };
    mesh = await startSidecarMesh(services());
  });
  after(async () => {
    await mesh?.stop();
    await Promise.all([...servers, slow].map((server) => server.stop()));
    socketApp.closeAllConnections();
    await Promise.all([socketApp, bytes].map((server) => new Promise((done) => server.close(done))));
    directory.remove();
  });

  test('SC-3, SC-8, SC-9: what is imported answers; with REGISTRY_ONLY another host is 502, and its port is shut', async () => {
    await become();
    assert.deepEqual(await answers(), { inside: 'inside', outside: 'outside', spare: 'spare' });
    assert.equal(await sendLine(at(ports.tcp), 'hello'), 'bytes');
    await become(sidecar("{ outboundTrafficPolicy: { mode: REGISTRY_ONLY }, egress: [{ hosts: ['./*'] }] }"));
    assert.deepEqual(await answers(), { inside: 'inside', outside: 'status 502', spare: 'status 502' });
    assert.equal(await ask(at(ports.tcp), 'bytes.test'), 'ECONNREFUSED');
    const but = "['./*', 'other/*', ~other/outside.test]";
    await become(sidecar(`{ outboundTrafficPolicy: { mode: REGISTRY_ONLY }, egress: [{ hosts: ${but} }] }`));
    assert.deepEqual(await answers(), { inside: 'inside', outside: 'status 502', spare: 'spare' });
  });

  test('SC-19: with ALLOW_ANY other hosts are met through the egress proxy, whatever the mesh says', async () => {
    const through = `{ mode: ALLOW_ANY, egressProxy: { host: gate.test, port: { number: ${ports.http} } } }`;
    const only =
      'apiVersion: pilotless.dev/v1\nkind: Mesh\nmetadata: { name: default, labels: { of: test } }\nspec: { meshConfig: { outboundTrafficPolicy: { mode: REGISTRY_ONLY } } }';
    await become(only, sidecar("{ egress: [{ hosts: ['./*'] }] }"));
    assert.equal((await answers())['outside'], 'status 502');
    await become(only, sidecar(`{ outboundTrafficPolicy: ${through}, egress: [{ hosts: ['./*'] }] }`));
    assert.deepEqual(await answers(), { inside: 'inside', outside: 'gate', spare: 'gate' });
  });

  test('SC-1: the Sidecar that selects the proxy holds, else that of its namespace', async () => {
    const all = sidecar('{ outboundTrafficPolicy: { mode: REGISTRY_ONLY }, egress: [{ hosts: [other/spare.test] }] }');
    const selecting = (app: string): string =>
      sidecar(
        `{ workloadSelector: { labels: { app: ${app} } }, outboundTrafficPolicy: { mode: REGISTRY_ONLY }, egress: [{ hosts: ['./*'] }] }`,
        'one',
      );
    await become(all, selecting('client'));
    assert.deepEqual(await answers(), { inside: 'inside', outside: 'status 502', spare: 'status 502' });
    await become(all, selecting('other'));
    // Until it polls again it is shown with the view that it had.
    await waitUntil(async () => (await answers())['spare'] === 'spare', { what: 'the other view', timeoutMs: 10_000 });
    assert.deepEqual(await answers(), { inside: 'status 502', outside: 'status 502', spare: 'spare' });
  });

  test('SC-12, LS-4, LS-5: egress listeners of their own are opened where they are bound, at unix sockets as well', async () => {
    await become(
      sidecar(`
  outboundTrafficPolicy: { mode: REGISTRY_ONLY }
  egress:
    - { port: { number: ${ports.more}, protocol: HTTP, name: more }, bind: 127.0.0.2, hosts: ['*/*'] }
    - { port: { protocol: HTTP, name: socket }, bind: 'unix://${outSocket}', hosts: [other/outside.test] }
    - { port: { number: ${ports.third}, protocol: HTTP_PROXY, name: forward }, bind: 127.0.0.2, hosts: ['./*'] }
    - { hosts: [other/spare.test] }`),
    );
    const bound = at(ports.more, '127.0.0.2');
    assert.equal(await ask(bound, `inside.test:${ports.more}`), 'inside');
    // It is imported by that listener, but does not have the port.
    assert.equal(await ask(bound, `outside.test:${ports.more}`), 'status 502');
    assert.equal(await ask(at(ports.more), 'inside.test'), 'ECONNREFUSED');
    assert.equal(await ask({ socketPath: outSocket }, `outside.test:${ports.http}`), 'outside');
    assert.equal(await ask({ socketPath: outSocket }, `inside.test:${ports.http}`), 'status 502');
    const forward = at(ports.third, '127.0.0.2');
    assert.equal(await ask(forward, '', `http://inside.test:${ports.http}/`), 'inside');
    assert.equal(await ask(forward, '', `http://outside.test:${ports.http}/`), 'status 502');
    assert.deepEqual(await answers(), { inside: 'status 502', outside: 'status 502', spare: 'spare' });
    const listeners = (await mesh.envoy.admin('/listeners')).split('\n').map((line) => line.split('::')[0]);
    const named = [
      `127.0.0.2_${ports.more}`,
      `unix://${outSocket}_0`,
      `127.0.0.2_${ports.third}`,
      `127.0.0.1_${ports.http}`,
    ];
    assert.deepEqual(listeners.filter((name) => name !== '').sort(), named.sort());
  });

  test('LS-7: to a listener of its own the last listener adds nothing, even where it has a service on the port', async () => {
    const inside = entry({ host: 'inside.test', ports: { [ports.http]: http('inside'), [ports.tcp]: http('inside') } });
    const own = `{ port: { number: ${ports.tcp}, protocol: HTTP, name: own }, bind: 127.0.0.1, hosts: [./inside.test] }`;
    await mesh.become([inside, ...services().slice(1), sidecar(`{ egress: [${own}, { hosts: [other/bytes.test] }] }`)]);
    assert.equal(await ask(at(ports.tcp), `inside.test:${ports.tcp}`), 'inside');
    assert.equal(await sendLine(at(ports.tcp), 'hello'), 'HTTP/1.1 400 Bad Request');
  });

  test('LS-24, CL-9: ingress listeners open ports and lead to the application, at a port or a unix socket', async () => {
    const self = entry({ host: 'client.test', ports: { [ports.more]: ['HTTP', ports.first] } });
    const egress = "egress: [{ hosts: ['other/*'] }]";
    await become(self, sidecar(`{ ${egress} }`));
    assert.equal(await ask(at(ports.first), 'client.test'), 'ECONNREFUSED');
    const listener = (port: number, endpoint: string): string =>
      `{ port: { number: ${port}, protocol: HTTP, name: p${port} }, bind: 127.0.0.1, defaultEndpoint: '${endpoint}' }`;
    const ingress = [
      listener(ports.first, `127.0.0.1:${portOf('app')}`),
      listener(ports.second, `unix://${appSocket}`),
    ].join(', ');
    await become(self, sidecar(`{ ingress: [${ingress}], ${egress} }`));
    assert.equal(await ask(at(ports.first), 'client.test'), 'app');
    assert.equal(await ask(at(ports.second), 'client.test'), 'app at its socket');
    assert.equal((await answers())['spare'], 'spare');
  });

  test('SC-22: what comes in is limited as the Sidecar says, but where a port says otherwise', async () => {
    const listener = (port: number, more = ''): string =>
      `{ port: { number: ${port}, protocol: HTTP, name: p${port} }, bind: 127.0.0.1, defaultEndpoint: '127.0.0.1:${slow.port}'${more} }`;
    const pool = (most: number): string =>
      `{ tcp: { maxConnections: ${most} }, http: { http1MaxPendingRequests: ${most} } }`;
    const ingress = [listener(ports.first), listener(ports.second, `, connectionPool: ${pool(100)}`)].join(', ');
    await become(sidecar(`{ inboundConnectionPool: ${pool(1)}, ingress: [${ingress}] }`));
    const outcomes = async (port: number, passed: number): Promise<readonly string[]> => {
      const reached = (count: number): Promise<void> =>
        waitUntil(() => slow.waiting.length >= count, { what: 'requests reach the application', timeoutMs: 10_000 });
      // Until its connection is made the first one is pending itself.
      const first = ask(at(port), 'client.test');
      await reached(1);
      const asked = [first, ...Array.from({ length: 4 }, () => ask(at(port), 'client.test'))];
      await reached(passed);
      const refused = await Promise.all(asked.map((each) => Promise.race([each, Promise.resolve('under way')])));
      assert.equal(slow.waiting.length, passed, refused.join());
      const answering = Promise.all(asked);
      const timer = setInterval(() => slow.waiting.splice(0).forEach((answer) => answer()), 10);
      return answering.finally(() => clearInterval(timer));
    };
    assert.deepEqual((await outcomes(ports.first, 1)).toSorted(), [
      'slow',
      'slow',
      'status 503',
      'status 503',
      'status 503',
    ]);
    assert.deepEqual(await outcomes(ports.second, 5), ['slow', 'slow', 'slow', 'slow', 'slow']);
  });

  test('SC-14: changing the Sidecar under traffic loses no request, to what it imports and to what routes lead to', async (t) => {
    const route = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: inside, namespace: default, labels: { of: test } }
spec: { hosts: [inside.test], http: [{ route: [{ destination: { host: outside.test } }] }] }`;
    const own = `{ port: { number: ${ports.http}, protocol: HTTP, name: own }, bind: 127.0.0.1, hosts: [./inside.test] }`;
    const app = `{ port: { number: ${ports.first}, protocol: HTTP, name: app }, bind: 127.0.0.1, defaultEndpoint: '127.0.0.1:${portOf('app')}' }`;
    const only = 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }';
    const steps: readonly (readonly string[])[] = [
      [sidecar("{ egress: [{ hosts: ['*/*'] }] }")],
      [sidecar('{ egress: [{ hosts: [./inside.test] }] }')],
      [route, sidecar('{ egress: [{ hosts: [./inside.test] }] }')],
      [route, sidecar(`{ ${only}, egress: [{ hosts: ['./*', other/outside.test] }] }`)],
      [route, sidecar(`{ ${only}, egress: [${own}, { hosts: [other/spare.test] }] }`)],
      [route, sidecar(`{ ${only}, ingress: [${app}], egress: [${own}] }`)],
      [sidecar(`{ ingress: [${app}], egress: [${own}] }`)],
      [
        sidecar("{ egress: [{ hosts: ['~/*'] }] }"),
        sidecar("{ workloadSelector: { labels: { app: client } }, egress: [{ hosts: ['./*'] }] }", 'one'),
      ],
      [],
    ];
    await become();
    const load = steadyLoad({ host: 'inside.test', port: ports.http, perSecond: PER_SECOND });
    t.after(() => load.stop());
    for (const [index, sidecars] of [...steps, ...steps.toReversed()].entries()) {
      await become(...sidecars);
      assert.equal(
        await ask(at(ports.http), 'inside.test'),
        sidecars.includes(route) ? 'outside' : 'inside',
        `step ${index}`,
      );
      assert.deepEqual([...load.failures()], [], `after step ${index}`);
    }
    await load.stop();
    assert.deepEqual([...load.failures()], []);
    assert.ok(load.finished() > steps.length, `${load.finished()} requests`);
    t.diagnostic(`${load.finished()} requests`);
  });
});
