import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { freePorts } from '../../tools/support/free-port.ts';
import { backend, tinyServer, type TinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { entry, sendLine, sidecar, type SidecarMesh, startSidecarMesh } from '../support/sidecar-mesh.ts';

/** The workload's own address, where its proxy opens ports for it. */
const HERE = '127.0.0.2';
const DRY = "annotations: { istio.io/dry-run: 'true' }, ";

const policy = (name: string, spec: string, metadata = ''): string => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${name}, namespace: default, ${metadata}labels: { of: test } }
spec: { ${spec} }`;

describe('a real Envoy takes what policies let in, and nothing else', await need('envoy'), () => {
  let mesh: SidecarMesh;
  let app: TinyServer;
  let httpAuthorizer: TinyServer;
  let grpcAuthorizer: GrpcAuthorizer;
  let bytes: Server;
  const sockets = new Set<Socket>();
  let ports: { readonly http: number; readonly tcp: number };

  /** The status with which the workload's HTTP port answers. */
  const ask = (path = '/', more: { readonly method?: string; readonly headers?: string } = {}): Promise<number> =>
    statusOf(ports.http, `${more.method ?? 'GET'} ${path} HTTP/1.1\r\nhost: app.test\r\n${more.headers ?? ''}`);
  /** What its port of bytes answers; nothing where the connection is closed. */
  const say = (): Promise<string> => sendLine({ host: HERE, port: ports.tcp }, 'hello').catch(() => '');
  const become = (policies: readonly string[], paths = 'BASE'): Promise<void> =>
    mesh.become([...setting(paths), ...policies]);

  const setting = (paths: string): readonly string[] => [
    `
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default, labels: { of: test } }
spec:
  meshConfig:
    pathNormalization: { normalization: ${paths} }
    extensionProviders:
      - { name: by-http, envoyExtAuthzHttp: { service: http.auth.test, port: 90, includeRequestHeadersInCheck: [x-token] } }
      - { name: by-grpc, envoyExtAuthzGrpc: { service: security/grpc.auth.test, port: 91 } }`,
    entry({ host: 'http.auth.test', namespace: 'security', ports: { 90: ['HTTP', httpAuthorizer.port] } }),
    entry({ host: 'grpc.auth.test', namespace: 'security', ports: { 91: ['GRPC', grpcAuthorizer.port] } }),
    sidecar(`
  ingress:
    - { port: { number: ${ports.http}, protocol: HTTP, name: http }, bind: ${HERE}, defaultEndpoint: '127.0.0.1:${app.port}' }
    - { port: { number: ${ports.tcp}, protocol: TCP, name: tcp }, bind: ${HERE}, defaultEndpoint: '127.0.0.1:${portOf(bytes)}' }
  egress: [{ hosts: ['./*'] }]`),
  ];

  before(async () => {
    app = await backend('app');
    httpAuthorizer = await tinyServer((request, response) =>
      response.writeHead(request.headers['x-token'] === 'good' ? 200 : 401).end(),
    );
    grpcAuthorizer = await startGrpcAuthorizer();
    bytes = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).once('data', () => socket.end('bytes')); // what a server says first is not held back
    });
    await new Promise<void>((done) => bytes.listen(0, '127.0.0.1', done));
    const base = await freePorts(2);
    ports = { http: base, tcp: base + 1 };
    mesh = await startSidecarMesh(setting('BASE'));
  });
  after(async () => {
    await mesh?.stop();
    await Promise.all([app, httpAuthorizer].map((server) => server?.stop()));
    await grpcAuthorizer?.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => bytes.close(done));
  });

  test('AZ-2, AZ-8: deny before allow; without an ALLOW policy all else is let in, with one nothing else; audit lets on', async () => {
    await become([]);
    assert.deepEqual([await ask('/admin'), await ask(), await say()], [200, 200, 'bytes']);
    const deny = policy(
      'deny',
      `action: DENY, rules: [{ to: [{ operation: { paths: [/admin], ports: ['${ports.http}'] } }] }]`,
    );
    const audit = policy('audit', 'action: AUDIT, rules: [{}]');
    await become([deny, audit]);
    assert.deepEqual([await ask('/admin'), await ask('/other'), await say()], [403, 200, 'bytes']);
    const allow = policy('allow', 'rules: [{ to: [{ operation: { methods: [GET] } }] }]');
    await become([deny, allow]);
    assert.deepEqual(
      [await ask('/admin'), await ask('/other'), await ask('/other', { method: 'POST' })],
      [403, 200, 403],
    );
    assert.equal(await say(), ''); // AZ-31
    await become([policy('nothing', '')]);
    assert.deepEqual([await ask(), await say()], [403, '']);
  });

  test('AZ-9, AZ-10: what is tried out refuses nobody', async () => {
    await become([
      policy('deny', 'action: DENY, rules: [{}]', DRY),
      policy('allow', 'action: ALLOW, rules: [{ to: [{ operation: { paths: [/only] } }] }]', DRY),
    ]);
    assert.deepEqual([await ask('/other'), await say()], [200, 'bytes']);
    const counts = await mesh.envoy.stats('http.*istio_dry_run_deny_.shadow_denied');
    assert.ok(
      Object.values(counts).some((count) => count > 0),
      JSON.stringify(counts),
    );
  });

  test('AZ-20, AZ-23, AZ-24, AZ-26, AZ-27: what conditions look at', async () => {
    await become([
      policy(
        'deny',
        `action: DENY, rules: [
          { to: [{ operation: { hosts: ['APP.*'], paths: ['/a/{*}/z'] } }] },
          { when: [{ key: 'request.headers[x-a]', values: ['b*'] }], to: [{ operation: { ports: ['${ports.http}'] } }] },
          { from: [{ source: { ipBlocks: [10.0.0.0/8] } }] },
          { from: [{ source: { notRemoteIpBlocks: [127.0.0.0/8] } }] } ]`.replaceAll(
          'hosts:',
          `ports: ['${ports.http}'], hosts:`,
        ),
      ),
    ]);
    assert.deepEqual([await ask('/a/b/z'), await ask('/a/b/c/z'), await ask('/a/b/z?q')], [403, 200, 403]);
    assert.deepEqual(
      [await ask('/', { headers: 'X-A: bc\r\n' }), await ask('/', { headers: 'X-A: c\r\n' })],
      [403, 200],
    );
    assert.equal(await say(), 'bytes');
  });

  test('AZ-32: on a port of bytes a DENY rule of HTTP alone refuses everything', async () => {
    await become([policy('deny', 'action: DENY, rules: [{ to: [{ operation: { paths: [/admin] } }] }]')]);
    assert.deepEqual([await ask('/other'), await say()], [200, '']);
  });

  test('paths that are written in another way do not get around a rule that lets in, nor around one that shuts out where slashes are decoded', async () => {
    const allow = policy('allow', "rules: [{ to: [{ operation: { paths: ['/public/*'] } }] }]");
    await become([allow]);
    const around = [
      '/public/../admin',
      '//admin',
      '/public%2f..%2fadmin',
      '/PUBLIC/a',
      '/public;/../admin',
      '/./admin',
      '/public/%2e%2e/admin',
    ];
    for (const path of around) assert.equal(await ask(path), 403, path);
    assert.equal(await ask('/public/a'), 200);
    const deny = policy(
      'deny',
      `action: DENY, rules: [{ to: [{ operation: { paths: [/admin], ports: ['${ports.http}'] } }] }]`,
    );
    await become([deny], 'DECODE_AND_MERGE_SLASHES');
    for (const path of ['/admin', '//admin', '/%2fadmin', '/x/../admin', '/x%2f..%2fadmin', '/%2e/admin', '/admin?q']) {
      assert.equal(await ask(path), 403, path);
    }
    assert.deepEqual([await ask('/ADMIN'), await ask('/admin;x')], [200, 200]); // other paths, as docs/authorization.md says
  });

  test('XAZ-1, XAZ-6, XAZ-10: an authorizer by HTTP is asked about what the rules match', async () => {
    await become([
      policy(
        'custom',
        'action: CUSTOM, provider: { name: by-http }, rules: [{ to: [{ operation: { paths: [/in] } }] }]',
      ),
    ]);
    const token = (value: string) => ({ headers: `x-token: ${value}\r\n` });
    assert.deepEqual([await ask('/in'), await ask('/in', token('good')), await ask('/out')], [401, 200, 200]);
    assert.equal(await say(), 'bytes');
  });

  test('XAZ-1, XAZ-8: an authorizer by gRPC is asked about requests and connections', async () => {
    await become([policy('custom', 'action: CUSTOM, provider: { name: by-grpc }, rules: [{}]')]);
    grpcAuthorizer.allows = false;
    assert.deepEqual([await ask(), await say()], [403, '']);
    grpcAuthorizer.allows = true;
    assert.deepEqual([await ask(), await say()], [200, 'bytes']);
  });

  test('XAZ-4: an authorizer that is not there lets nobody in', async () => {
    await become([
      policy(
        'custom',
        'action: CUSTOM, provider: { name: nobody }, rules: [{ to: [{ operation: { paths: [/in] } }] }]',
      ),
    ]);
    assert.deepEqual([await ask('/in'), await ask('/out'), await say()], [403, 200, '']);
  });
});

const portOf = (server: Server | Http2Server): number => (server.address() as AddressInfo).port;

/** Sends a request as it is written: clients of Node would mend its path. */
async function statusOf(port: number, head: string): Promise<number> {
  const socket = connect({ host: HERE, port });
  socket.write(`${head}connection: close\r\ncontent-length: 0\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer]; // Envoy waits a while for the client to close
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(String(first))?.[1]);
}

interface GrpcAuthorizer {
  allows: boolean;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Envoy's Authorization service: a CheckResponse has a status, of which 7 is "permission denied". */
async function startGrpcAuthorizer(): Promise<GrpcAuthorizer> {
  const authorizer = { allows: true };
  const server = createHttp2Server();
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    assert.equal(headers[':path'], '/envoy.service.auth.v3.Authorization/Check');
    void buffer(stream).then(() => {
      const message = Buffer.from(authorizer.allows ? [0x0a, 0x00] : [0x0a, 0x02, 0x08, 0x07]);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return Object.assign(authorizer, {
    port: portOf(server),
    stop: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((done) => server.close(done));
    },
  });
}
