import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { freePorts } from '../../tools/support/free-port.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { backend, requestTo, type TinyServer, tinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { ask, entry, type SidecarMesh, startSidecarMesh } from '../support/sidecar-mesh.ts';
import { steadyLoad } from '../support/steady-load.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testAuthority } from '../support/test-certificates.ts';

const PER_SECOND = 100;
const authority = testAuthority('authority');

/** A document of the group of Gateways, to be pruned with the others. */
const document = (kind: string, name: string, spec: object): string =>
  JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { name, namespace: 'default', labels: { of: 'test' } },
    spec,
  });

const PROXY_PROTOCOL = `
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default, labels: { of: test } }
spec: { meshConfig: { defaultConfig: { gatewayTopology: { proxyProtocol: {} } } } }`;

const to = (host: string, port: number) => [{ destination: { host, port: { number: port } } }];

describe('a real Envoy serves what Gateways say', await need('envoy'), () => {
  const directory = tempDir();
  const socketPath = join(directory.path, 'gateway.sock');
  const lines = createServer((socket) => socket.on('error', () => undefined).end('lines'));
  const secure = ['one.test', 'two.test'].map((name) => {
    const { certificate: cert, key } = authority.issue(name);
    const options = { cert, key, ALPNProtocols: ['istio'] };
    return createTlsServer(options, (socket) => socket.end()).on('tlsClientError', () => undefined);
  });
  let mesh: SidecarMesh;
  let web: TinyServer;
  let seen: TinyServer;
  let ports: Readonly<Record<'http' | 'redirected' | 'tls' | 'between' | 'tcp', number>>;

  const portOf = (server: Server | undefined): number => (server?.address() as AddressInfo).port;
  const server = (number: number, protocol: string, more: object = {}): object => ({
    port: { number, protocol, name: `${protocol.toLowerCase()}-${number}` },
    hosts: ['*'],
    bind: '127.0.0.1',
    ...more,
  });
  const gateway = (name: string, ...servers: readonly object[]): string =>
    document('Gateway', name, { selector: { app: 'edge' }, servers });
  const route = (gateways: readonly string[]): string =>
    document('VirtualService', 'web', { hosts: ['web.test'], gateways, http: [{ route: to('web.test', 80) }] });
  const services = (): readonly string[] => [
    entry({ host: 'web.test', ports: { 80: ['HTTP', web.port] } }),
    entry({ host: 'seen.test', ports: { 80: ['HTTP', seen.port] } }),
    entry({ host: 'lines.test', ports: { 90: ['TCP', portOf(lines)] } }),
    ...secure.map((each, index) =>
      entry({ host: `${['one', 'two'][index]}.test`, ports: { 443: ['TLS', portOf(each)] } }).replace(
        '{ address: 127.0.0.1,',
        '{ address: 127.0.0.1, labels: { security.istio.io/tlsMode: istio },',
      ),
    ),
  ];
  const byName = (): string =>
    document('VirtualService', 'by-name', {
      hosts: ['one.test', 'two.test'],
      gateways: ['edge'],
      tls: ['one.test', 'two.test'].map((host) => ({ match: [{ sniHosts: [host] }], route: to(host, 443) })),
    });
  const edge = (): readonly string[] => [
    gateway(
      'edge',
      server(ports.http, 'HTTP'),
      server(ports.redirected, 'HTTP', { tls: { httpsRedirect: true } }),
      server(ports.tls, 'TLS', { tls: { mode: 'PASSTHROUGH' } }),
      server(ports.between, 'TLS', { hosts: ['one.test'], tls: { mode: 'AUTO_PASSTHROUGH' } }),
      server(ports.tcp, 'TCP'),
      server(0, 'HTTP', { bind: `unix://${socketPath}` }),
    ),
    byName(),
    route(['edge']),
    document('VirtualService', 'lines', { hosts: ['*'], gateways: ['edge'], tcp: [{ route: to('lines.test', 90) }] }),
  ];

  before(async () => {
    web = await backend('web');
    seen = await tinyServer((request, response) => response.end(String(request.headers['x-forwarded-for'])));
    await Promise.all([lines, ...secure].map((each) => new Promise<void>((done) => each.listen(0, '127.0.0.1', done))));
    const first = await freePorts(5);
    ports = { http: first, redirected: first + 1, tls: first + 2, between: first + 3, tcp: first + 4 };
    mesh = await startSidecarMesh([...services(), ...edge()], { type: 'router', labels: { app: 'edge' } });
    await waitUntil(async () => (await ask({ host: '127.0.0.1', port: ports.http }, 'web.test')) === 'web', {
      what: 'traffic',
      timeoutMs: 20_000,
      detail: () => mesh.envoy.logs(),
    });
  });
  after(async () => {
    await mesh?.stop();
    await Promise.all([
      web?.stop(),
      seen?.stop(),
      ...[lines, ...secure].map((each) => new Promise((done) => each.close(done))),
    ]);
    directory.remove();
  });

  /** Whom the server behind a name says that it is. */
  const shownTo = (port: number, servername: string, protocols: readonly string[] = []): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, servername, ALPNProtocols: [...protocols], rejectUnauthorized: false };
      const socket = connectTls(options, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject).on('end', () => reject(new Error('closed')));
    });

  test('GW-19: plain requests to a redirecting server are sent to HTTPS, with a table for their host and without', async () => {
    for (const host of ['web.test', 'elsewhere.test']) {
      const { status, headers } = await requestTo(ports.redirected, { host, path: '/goods' });
      assert.deepEqual([status, headers.location], [301, `https://${host}/goods`]);
    }
  });

  test('GW-30: TLS goes on unread to the server for the name that is asked for, and nowhere else', async () => {
    assert.equal(await shownTo(ports.tls, 'one.test'), 'one.test');
    assert.equal(await shownTo(ports.tls, 'two.test'), 'two.test');
    await assert.rejects(shownTo(ports.tls, 'three.test'));
  });

  test('GW-30, HN-10: AUTO_PASSTHROUGH leads TLS of the mesh to the service that its name encodes, and nothing else', async () => {
    const name = (host: string): string => `outbound_.443_._.${host}`;
    assert.equal(await shownTo(ports.between, name('one.test'), ['istio']), 'one.test');
    await assert.rejects(shownTo(ports.between, name('one.test'), ['http/1.1']));
    await assert.rejects(shownTo(ports.between, name('two.test'), ['istio']));
  });

  test('GW-31: a TCP server hands bytes on', async () => {
    assert.equal(await text(connect(ports.tcp, '127.0.0.1')), 'lines');
  });

  test('a server on a unix socket answers there', async () => {
    assert.equal(await ask({ socketPath }, 'web.test'), 'web');
  });

  test('a table that moves between two Gateways of one port loses no request', async () => {
    const both = (name: string): string => gateway(name, server(ports.http, 'HTTP'));
    const gateways = ['left', 'right'].map(both);
    await mesh.become([...services(), ...gateways, route(['left'])]);
    const load = steadyLoad({ host: 'web.test', port: ports.http, perSecond: PER_SECOND });
    for (const name of ['right', 'left', 'right']) {
      await mesh.become([...services(), ...gateways, route([name])]);
      const before = load.finished();
      await waitUntil(() => load.finished() > before + PER_SECOND / 4, {
        what: 'requests after a move',
        timeoutMs: 20_000,
      });
    }
    await load.stop();
    assert.deepEqual([...load.failures()], []);
  });

  test('GW-33, GW-29: behind a load balancer that speaks the PROXY protocol the client is the one that it names', async () => {
    const table = { hosts: ['seen.test'], gateways: ['edge'], http: [{ route: to('seen.test', 80) }] };
    await mesh.become([
      ...services(),
      gateway('edge', server(ports.http, 'HTTP')),
      document('VirtualService', 'seen', table),
      PROXY_PROTOCOL,
    ]);
    const answer = async (): Promise<string> => {
      const socket = connect(ports.http, '127.0.0.1');
      socket.write(
        `PROXY TCP4 192.0.2.7 192.0.2.1 50000 80\r\nGET / HTTP/1.1\r\nhost: seen.test\r\nconnection: close\r\n\r\n`,
      );
      return text(socket);
    };
    await waitUntil(async () => (await answer()).includes('192.0.2.7'), {
      what: 'the address of the client',
      timeoutMs: 20_000,
      detail: () => mesh.envoy.logs(),
    });
  });
});
