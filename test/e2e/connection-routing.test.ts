import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { LocalService } from '../../functions/local.ts';
import { freePorts } from '../../tools/support/free-port.ts';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import {
  apply,
  backend,
  bootstrapFor,
  callAs,
  requestTo,
  startService,
  type TinyServer,
} from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { assertShare } from '../support/share.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { testAuthority } from '../support/test-certificates.ts';

const PATIENCE_MS = 20_000;
/** Connections by which a share is judged. */
const DRAWS = 200;

const authority = testAuthority('authority');
const stranger = testAuthority('stranger');

describe('a real Envoy treats connections as the documents say', await need('envoy'), () => {
  let service: LocalService;
  let envoy: RunningEnvoy;
  let files: TempDir;
  let secure: SecureServer;
  let outside: TinyServer;
  let servers: readonly Server[];
  let ports: Ports;

  const askSecure = async (host: string): Promise<unknown> => {
    const { status, body } = await callAs(`${host}.secure.test`, ports.http);
    return status === 200 ? JSON.parse(body) : `status ${status}`;
  };
  /** The proxy must have sent no request to a server, and counted why: by its names (`san`), or by whom it is signed (`error`). */
  const assertRefused = async (host: string, reason: 'san' | 'error'): Promise<void> => {
    const met = secure.requests();
    assert.equal(await askSecure(host), 'status 503');
    assert.equal(secure.requests(), met);
    const counts = await envoy.stats(`${host}.secure.test;?.ssl.fail_verify_${reason}$`);
    assert.ok(Object.values(counts).some((count) => count > 0));
  };

  before(async () => {
    const plain = ['lines', 'others'].map((name) => createServer((socket) => socket.on('error', ignore).end(name)));
    const overTls = [authority.issue('one.tls.test'), authority.issue('*.tls.test')].map(({ certificate: cert, key }) =>
      createTlsServer({ cert, key }, (socket) => socket.end()).on('tlsClientError', ignore),
    );
    servers = [...plain, ...overTls, firstLineServer(), tunnelServer()];
    const listening = await Promise.all(servers.map(listen));
    const [lines = 0, others = 0, one = 0, two = 0, greeted = 0, tunnel = 0] = listening;
    secure = await secureServer();
    outside = await backend('outside');
    const client = authority.issue('client.test');
    files = tempDir({
      'roots.pem': authority.certificate,
      'strangers.pem': stranger.certificate,
      'client.pem': client.certificate,
      'client.key': client.key,
    });
    ports = portsFrom(await freePorts(8));
    service = await startService();
    const targets = { lines, others, one, two, greeted, tunnel };
    await apply(service.url, [connectionDocuments(ports, targets), secureDocuments()].join('---'));
    envoy = await startEnvoy({ bootstrap: bootstrapFor(service.url) });
    await envoy.ready(PATIENCE_MS);
    await waitUntil(async () => (await callAs('trusted.secure.test', ports.http)).status === 200, {
      what: 'traffic',
      timeoutMs: PATIENCE_MS,
      detail: () => envoy.logs(),
    });
  });
  after(async () => {
    await envoy?.stop();
    await service?.stop();
    await Promise.all([secure?.stop(), outside?.stop(), ...servers.map(stopped)]);
    files?.remove();
  });

  test('TR-2, TR-6: connections to one port of a service go elsewhere, those to another port to the service', async () => {
    assert.equal(await read(ports.plain), 'lines');
    assert.equal(await read(ports.routed), 'others');
  });

  test('TR-8: connections are drawn by weight', async () => {
    const answers: string[] = [];
    for (let draws = 0; draws < DRAWS; draws += 1) answers.push(await read(ports.drawn));
    assert.deepEqual([...new Set(answers)].sort(), ['lines', 'others']);
    const count = answers.filter((answer) => answer === 'others').length;
    assertShare(count, { of: DRAWS, share: 0.3, what: 'others' });
  });

  test('TR-1: TLS goes through unread to the server for the name that the client asks for, and nowhere else', async () => {
    assert.equal(await shownTo('one.tls.test'), 'one.tls.test');
    assert.equal(await shownTo('any.tls.test'), '*.tls.test');
    await assert.rejects(shownTo('elsewhere.test'));
    assert.equal(await read(ports.tls, 'no TLS at all\r\n'), '');
  });

  test('DR-35: the server is told of the client before its first word', async () => {
    assert.match(await read(ports.greeted, 'hello\r\n'), /^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+$/);
  });

  test('TR-10: a connection travels through a tunnel that is asked for its target', async () => {
    assert.equal(await read(ports.tunneled, 'hello'), 'CONNECT far.test:4711');
  });

  test('DR-31, MTLS-13: a plain request travels by TLS that asks for its host, and its name is checked', async () => {
    assert.deepEqual(await askSecure('trusted'), { asked: 'trusted.secure.test', client: '', http: '1.1' });
    await assertRefused('misnamed', 'san');
  });

  test('DR-31, MTLS-13: written names are asked for and checked, those of the rule or of the entry', async () => {
    assert.deepEqual(await askSecure('named'), { asked: 'real.name.test', client: '', http: '1.1' });
    assert.deepEqual(await askSecure('listed'), { asked: 'real.name.test', client: '', http: '1.1' });
    await assertRefused('wrongly-named', 'san');
    await assertRefused('wrongly-listed', 'san');
  });

  test('DR-31, DR-34: who is signed by nobody that the rule believes gets no request, unless nobody is checked', async () => {
    await assertRefused('strange', 'error');
    assert.deepEqual(await askSecure('unverified'), { asked: 'unverified.secure.test', client: '', http: '1.1' });
  });

  test('DR-31: mode MUTUAL shows the certificate that it names', async () => {
    assert.deepEqual(await askSecure('mutual'), { asked: 'mutual.secure.test', client: 'client.test', http: '1.1' });
  });

  test('CL-5, DR-31: HTTP/2 is agreed on within TLS where the port says so', async () => {
    assert.deepEqual(await askSecure('modern'), { asked: 'modern.secure.test', client: '', http: '2.0' });
  });

  test('RD-14: hosts that no document names are passed on, blocked or looked up, as the mesh says', async () => {
    const askUnknown = async (): Promise<string> => {
      const { status, body } = await requestTo(ports.http, { host: `localhost:${outside.port}` });
      return status === 200 ? body : `status ${status}`;
    };
    const passedOn = async (): Promise<number> =>
      (await envoy.stats('^cluster.PassthroughCluster;?.upstream_rq_completed$'))[
        'cluster.PassthroughCluster;.upstream_rq_completed'
      ] ?? 0;
    // ALLOW_ANY, as nobody says otherwise. Nothing redirects connections here, so that there is nowhere to pass this one on to.
    assert.equal(await askUnknown(), 'status 503');
    assert.equal(await passedOn(), 1);
    for (const [mode, expected] of [
      ['REGISTRY_ONLY', 'status 502'],
      ['ALLOW_ANY_DYNAMIC_DNS', 'outside'],
    ] as const) {
      await apply(service.url, meshDocument(mode));
      await waitUntil(async () => (await askUnknown()) === expected, {
        what: `${mode}: ${expected}`,
        timeoutMs: PATIENCE_MS,
      });
      const before = await passedOn();
      assert.equal(await askUnknown(), expected);
      assert.equal(await passedOn(), before);
      assert.deepEqual(await askSecure('trusted'), { asked: 'trusted.secure.test', client: '', http: '1.1' });
    }
  });

  test('CL-2: a host of DYNAMIC_DNS is looked up by the name that a request gives it', async () => {
    const entry = { hosts: ['*.localhost'], resolution: 'DYNAMIC_DNS' }; // resolvers take all of them for the own machine
    const spec = JSON.stringify({ ...entry, ports: [{ number: ports.http, name: 'http', protocol: 'HTTP' }] });
    const head = 'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: any-local }';
    await apply(service.url, `${meshDocument('REGISTRY_ONLY')}---\n${head}\nspec: ${spec}\n`);
    const ask = (name: string) => requestTo(ports.http, { host: `${name}:${outside.port}` });
    await waitUntil(async () => (await ask('localhost')).status === 502, {
      what: 'a host that no document names is refused',
      timeoutMs: PATIENCE_MS,
    });
    assert.equal((await ask('any.localhost')).body, 'outside');
    assert.equal((await ask('other.localhost')).body, 'outside');
  });

  /** The common name of the certificate that a client is shown which asks for a name. */
  function shownTo(servername: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: ports.tls, servername, ca: authority.certificate };
      const socket = connectTls(options, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });
  }

  function secureDocuments(): string {
    const file = (name: string): string => `${files.path}/${name}`;
    const roots = `caCertificates: ${file('roots.pem')}`;
    const hosts: Readonly<Record<string, SecureHost>> = {
      trusted: { tls: roots },
      misnamed: { tls: roots },
      named: { tls: `${roots}, sni: real.name.test, subjectAltNames: [real.name.test]` },
      'wrongly-named': { tls: `${roots}, sni: real.name.test, subjectAltNames: [other.name.test]` },
      listed: { tls: `${roots}, sni: real.name.test`, entry: 'subjectAltNames: [real.name.test]' },
      'wrongly-listed': { tls: `${roots}, sni: real.name.test`, entry: 'subjectAltNames: [other.name.test]' },
      strange: { tls: `caCertificates: ${file('strangers.pem')}, subjectAltNames: [real.name.test]` },
      unverified: { tls: 'insecureSkipVerify: true' },
      mutual: {
        tls: `${roots}, mode: MUTUAL, clientCertificate: ${file('client.pem')}, privateKey: ${file('client.key')}`,
      },
      modern: { tls: roots, protocol: 'HTTP2' },
    };
    return Object.entries(hosts)
      .map(([name, host]) => secureHost(name, { ...host, port: ports.http, target: secure.port }))
      .join('---');
  }
});

const PORTS = ['plain', 'routed', 'drawn', 'tls', 'otherTls', 'greeted', 'tunneled', 'http'] as const;
type Ports = Readonly<Record<(typeof PORTS)[number], number>>;

const portsFrom = (first: number): Ports =>
  Object.fromEntries(PORTS.map((name, index) => [name, first + index])) as Ports;

const ignore = (): void => undefined;

/** What connecting to a port on loopback and saying something, or nothing, brings. */
function read(port: number, said = ''): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => said !== '' && socket.write(said));
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('error', ignore).on('close', () => resolve(text));
  });
}

/** Whoever is not read from does not see that its client has gone, so that each connection is ended by hand. */
const open = new Map<Server, Set<Socket>>();

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  open.set(server, sockets);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function stopped(server: Server): Promise<unknown> {
  for (const socket of open.get(server) ?? []) socket.destroy();
  return new Promise((resolve) => server.close(resolve));
}

interface SecureServer {
  readonly port: number;
  /** How many came so far. */
  readonly requests: () => number;
  readonly stop: () => Promise<unknown>;
}

/** Says to everybody the first line that it hears. */
const firstLineServer = (): Server =>
  createServer((socket) => {
    socket.on('error', ignore).once('data', (chunk: Buffer) => socket.end(chunk.toString().replace(/\r\n.*/s, '')));
  });

/** Says through each tunnel which one was asked for. */
const tunnelServer = (): Server =>
  createHttpServer().on('connect', ({ method, url }, socket) => {
    socket.on('error', ignore).end(`HTTP/1.1 200 OK\r\n\r\n${method} ${url}`);
  });

/** A server that takes TLS alone and says what it was asked for, who its client showed itself to be, and what was spoken. */
async function secureServer(): Promise<SecureServer> {
  const names = ['trusted', 'mutual', 'modern'].map((name) => `${name}.secure.test`);
  const { certificate: cert, key } = authority.issue('real.name.test', ...names);
  const clients = { requestCert: true, rejectUnauthorized: false, ca: authority.certificate };
  let requests = 0;
  const server = createSecureServer(
    { cert, key, allowHTTP1: true, ...clients },
    ({ socket, httpVersion }, response) => {
      requests += 1;
      const tls = socket as TLSSocket;
      const client = tls.authorized ? String(tls.getPeerCertificate().subject.CN) : '';
      response.end(JSON.stringify({ asked: tls.servername, client, http: httpVersion }));
    },
  );
  const port = await listen(server);
  server.on('tlsClientError', ignore);
  return {
    port,
    requests: () => requests,
    stop: () => stopped(server),
  };
}

type Targets = Readonly<Record<'lines' | 'others' | 'one' | 'two' | 'greeted' | 'tunnel', number>>;

function connectionDocuments(ports: Ports, targets: Targets): string {
  const entry = (host: string, protocol: string, targets: Readonly<Record<number, number>>): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${host} }
spec:
  hosts: [${host}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [${Object.keys(targets)
    .map((port) => `{ number: ${port}, name: p-${port}, protocol: ${protocol} }`)
    .join(', ')}]
  endpoints:
    - { address: 127.0.0.1, ports: { ${Object.entries(targets)
      .map(([port, target]) => `p-${port}: ${target}`)
      .join(', ')} } }
`;
  const to = (host: string, port: number): string => `destination: { host: ${host}, port: { number: ${port} } }`;
  const { plain, routed, drawn, tls, otherTls, greeted, tunneled } = ports;
  const toLines = to('lines.test', plain);
  const toOthers = to('others.test', drawn);
  return [
    entry('lines.test', 'TCP', { [plain]: targets.lines, [routed]: targets.lines }),
    entry('others.test', 'TCP', { [drawn]: targets.others }),
    entry('one.tls.test', 'TLS', { [tls]: targets.one }),
    entry('two.tls.test', 'TLS', { [otherTls]: targets.two }),
    entry('greeted.test', 'TCP', { [greeted]: targets.greeted }),
    rule('greeted.test', 'proxyProtocol: { version: V1 }'),
    entry('tunneled.test', 'TCP', { [tunneled]: targets.tunnel }),
    rule('tunneled.test', 'tunnel: { protocol: CONNECT, targetHost: far.test, targetPort: 4711 }'),
    `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: lines }
spec:
  hosts: [lines.test]
  tcp: [{ match: [{ port: ${routed} }], route: [{ ${toOthers} }] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: others }
spec:
  hosts: [others.test]
  tcp: [{ route: [{ ${toLines}, weight: 70 }, { ${toOthers}, weight: 30 }] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: tls }
spec:
  hosts: ['*.tls.test']
  tls:
    - { match: [{ sniHosts: [one.tls.test] }], route: [{ ${to('one.tls.test', tls)} }] }
    - { match: [{ sniHosts: ['*.tls.test'] }], route: [{ ${to('two.tls.test', otherTls)} }] }
  tcp: [{ match: [{ port: ${tls} }], route: [{ ${toLines} }] }]
`,
  ].join('---');
}

interface SecureHost {
  readonly tls: string;
  /** Further fields of its ServiceEntry. */
  readonly entry?: string;
  readonly protocol?: 'HTTP' | 'HTTP2';
}

interface Place {
  readonly port: number;
  readonly target: number;
}

function secureHost(name: string, { tls, entry, protocol = 'HTTP', port, target }: SecureHost & Place): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name} }
spec:
  hosts: [${name}.secure.test]
  resolution: STATIC
  ports: [{ number: ${port}, name: http, protocol: ${protocol} }]
  endpoints: [{ address: 127.0.0.1, ports: { http: ${target} } }]
${entry === undefined ? '' : `  ${entry}`}
---${rule(`${name}.secure.test`, `tls: { ${tls.includes('mode:') ? '' : 'mode: SIMPLE, '}${tls} }`)}`;
}

function rule(host: string, policy: string): string {
  return `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${host} }
spec: { host: ${host}, trafficPolicy: { ${policy} } }
`;
}

function meshDocument(mode: string): string {
  return `
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: { outboundTrafficPolicy: { mode: ${mode} } } }
`;
}
