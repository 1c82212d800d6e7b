import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { LocalService } from '../../functions/local.ts';
import type { ProxyStatus } from '../../lib/control/status/proxy-status.ts';
import { freePorts } from '../../tools/support/free-port.ts';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { writeIdentity } from '../support/identity-files.ts';
import { apply, bootstrapFor, startService, type TinyServer, tinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { peerAuthentication } from '../support/peer-policies.ts';
import { type QuickPolls, quickPolls, withQuickPolls } from '../support/quick-polls.ts';
import { steadyLoad } from '../support/steady-load.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { testAuthority } from '../support/test-certificates.ts';

const DELAY = '0.1s';
const CLIENT = 'spiffe://cluster.local/ns/default/sa/client';
const SERVER = 'spiffe://cluster.local/ns/default/sa/server';
const KINDS = ['http', 'tcp', 'auto'] as const;
type Kind = (typeof KINDS)[number];

/** Sends a text and answers all that comes back; how the connection failed if nothing does. */
function exchange(socket: Socket, sent: string): Promise<string> {
  return new Promise((resolve) => {
    const failed = (): void => resolve('refused');
    const timer = setTimeout(() => socket.destroy(), 5_000);
    socket.on('error', failed);
    socket.write(sent);
    text(socket)
      .then((all) => resolve(all === '' ? 'refused' : all), failed)
      .finally(() => clearTimeout(timer));
  });
}

const REQUEST = 'GET / HTTP/1.1\r\nhost: server.test\r\nconnection: close\r\n\r\n';

/** `http` where the server's proxy read it as HTTP, else `bytes`; and whether the client was known by its certificate. */
function seen(answer: string): string {
  if (answer.startsWith('echo ')) return 'bytes';
  if (!answer.startsWith('HTTP/1.1 200')) return answer.startsWith('HTTP/1.1 ') ? answer.slice(9, 12) : 'refused';
  return /(?:http|bytes) (?:known|stranger)/.exec(answer)?.[0] ?? 'other';
}

describe('two real Envoys speak mutual TLS as PeerAuthentications say', await need('envoy'), () => {
  const authority = testAuthority('mesh roots');
  const direct = authority.issue(CLIENT);
  let service: LocalService;
  let polls: QuickPolls;
  let envoys: Readonly<Record<'client' | 'server', RunningEnvoy>>;
  let app: TinyServer;
  let directories: Readonly<Record<'client' | 'server', TempDir>>;
  let outside: Readonly<Record<Kind, number>>;
  let inside: Readonly<Record<Kind, number>>;
  const echo = createServer((socket) => {
    socket.on('error', () => undefined).once('data', (bytes) => socket.end(`echo ${bytes.length}`));
  });

  const documents = (): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: server, namespace: default }
spec:
  hosts: [server.test]
  location: MESH_INTERNAL
  resolution: STATIC
  ports:
    - { number: ${outside.http}, targetPort: ${inside.http}, name: http, protocol: HTTP }
    - { number: ${outside.tcp}, targetPort: ${inside.tcp}, name: tcp, protocol: TCP }
    - { number: ${outside.auto}, targetPort: ${inside.auto}, name: auto }
  endpoints: [{ address: 127.0.0.1, serviceAccount: server, labels: { app: server } }]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: server, namespace: default }
spec:
  workloadSelector: { labels: { app: server } }
  egress: [{ hosts: ['~/*'] }]
  ingress:
    - { port: { number: ${inside.http}, name: http, protocol: HTTP }, bind: 127.0.0.1, defaultEndpoint: '127.0.0.1:${app.port}' }
    - { port: { number: ${inside.tcp}, name: tcp, protocol: TCP }, bind: 127.0.0.1, defaultEndpoint: '127.0.0.1:${echoPort()}' }
    - { port: { number: ${inside.auto}, name: auto }, bind: 127.0.0.1, defaultEndpoint: '127.0.0.1:${app.port}' }`;
  const echoPort = (): number => (echo.address() as { port: number }).port;

  /** Applies, and waits until both Envoys have what follows. */
  async function become(mode: string, ...more: readonly string[]): Promise<void> {
    const policy = peerAuthentication({ name: 'default/default', mode });
    const revision = await apply(service.url, [documents(), policy, ...more].join('\n---\n'));
    for (const name of ['client', 'server'] as const) {
      let newest: ProxyStatus | undefined;
      const isThere = async (): Promise<boolean> => {
        newest = (await (await fetch(`${service.url}/v1/proxies/${name}.default`)).json()) as ProxyStatus;
        return newest.status === 'SYNCED' && newest.revision >= revision;
      };
      const detail = (): string => JSON.stringify(newest) + (envoys?.[name].logs() ?? '');
      await waitUntil(isThere, { what: `${name} has revision ${revision}`, timeoutMs: 30_000, detail });
    }
  }

  async function startProxy(name: 'client' | 'server'): Promise<RunningEnvoy> {
    const identityDirectory = directories[name].path;
    const bootstrap = bootstrapFor(polls.url, { id: name, labels: { app: name }, identityDirectory });
    const envoy = await startEnvoy({ bootstrap: withQuickPolls(bootstrap, DELAY) });
    await envoy.ready(20_000);
    return envoy;
  }

  before(async () => {
    await new Promise<void>((done) => echo.listen(0, '127.0.0.1', done));
    // Who reads HTTP gives each request an id, and tells by whose certificate it came.
    app = await tinyServer(({ headers }, response) => {
      const read = headers['x-request-id'] === undefined ? 'bytes' : 'http';
      const isKnown = headers['x-forwarded-client-cert']?.includes(CLIENT) === true;
      response.end(`${read} ${isKnown ? 'known' : 'stranger'}`);
    });
    const base = await freePorts(6);
    outside = { http: base, tcp: base + 1, auto: base + 2 };
    inside = { http: base + 3, tcp: base + 4, auto: base + 5 };
    directories = { client: tempDir(), server: tempDir() };
    writeIdentity(directories.client.path, authority, CLIENT);
    writeIdentity(directories.server.path, authority, SERVER);
    service = await startService();
    polls = await quickPolls(service.url, DELAY);
    await apply(service.url, documents());
    envoys = { client: await startProxy('client'), server: await startProxy('server') };
  });
  after(async () => {
    for (const envoy of Object.values(envoys ?? {})) await envoy.stop();
    await polls?.stop();
    await service?.stop();
    await app?.stop();
    echo.close();
    for (const directory of Object.values(directories ?? {})) directory.remove();
  });

  const plainly = (port: number, sent = REQUEST): Promise<string> =>
    exchange(connect(port, '127.0.0.1'), sent).then(seen);
  /** A client with a certificate of the mesh that is no proxy, and may say whatever it likes of what it sends. */
  const byTls = (port: number, ...protocols: readonly string[]): Promise<string> => {
    const { certificate: cert, key } = direct;
    const options = { port, host: '127.0.0.1', cert, key, ca: authority.certificate, ALPNProtocols: [...protocols] };
    return exchange(connectTls({ ...options, checkServerIdentity: () => undefined }), REQUEST).then(seen);
  };

  /** Every kind of client at every kind of port, as `kind: answer`. */
  const CLIENTS: Readonly<Record<string, (kind: Kind) => Promise<string>>> = {
    mesh: (kind) => plainly(outside[kind]),
    'mesh with bytes': (kind) => plainly(outside[kind], 'hello\r\n\r\n'),
    plain: (kind) => plainly(inside[kind]),
    'hostile with istio': (kind) => byTls(inside[kind], 'istio'),
    'hostile with both': (kind) => byTls(inside[kind], 'istio', 'istio-http/1.1'),
    'direct with http/1.1': (kind) => byTls(inside[kind], 'http/1.1'),
    'direct with nothing': (kind) => byTls(inside[kind]),
  };
  async function truth(): Promise<Readonly<Record<string, string>>> {
    const rows: Record<string, string> = {};
    for (const [client, ask] of Object.entries(CLIENTS)) {
      const answers: string[] = [];
      for (const kind of KINDS) answers.push(await ask(kind));
      rows[client] = answers.join(' | ');
    }
    return rows;
  }

  test('PROF-3, PA-18: STRICT takes mutual TLS alone; HTTP of the mesh is read as HTTP, and plain text is cut off', async () => {
    await become('STRICT');
    assert.deepEqual(await truth(), {
      mesh: 'http known | bytes | http known',
      'mesh with bytes': '400 | bytes | 400',
      plain: 'refused | refused | refused',
      'hostile with istio': 'http known | bytes | bytes stranger',
      'hostile with both': 'http known | bytes | http known',
      'direct with http/1.1': 'http known | bytes | http known',
      'direct with nothing': 'http known | bytes | bytes stranger',
    });
  });

  test('PA-2, ITLS-4: PERMISSIVE takes plain text too, and leaves TLS of applications alone', async () => {
    await become('PERMISSIVE');
    assert.deepEqual(await truth(), {
      mesh: 'http known | bytes | http known',
      'mesh with bytes': '400 | bytes | 400',
      plain: 'http stranger | bytes | http stranger',
      'hostile with istio': 'http known | bytes | bytes stranger',
      'hostile with both': 'http known | bytes | bytes stranger', // what a client offers first decides
      'direct with http/1.1': 'refused | refused | refused',
      'direct with nothing': 'refused | refused | refused',
    });
  });

  test('PA-19, MTLS-6: DISABLE takes plain text alone; clients of the mesh know it, TLS is no HTTP', async () => {
    await become('DISABLE');
    const { mesh, plain, 'direct with http/1.1': direct } = await truth();
    assert.deepEqual([mesh, plain], ['http stranger | bytes | http stranger', 'http stranger | bytes | http stranger']);
    assert.equal(direct, 'refused | refused | refused');
  });

  test('PROF-3: what a rule about HTTP denies, no client reaches by saying that it sends bytes', async () => {
    const spec = {
      selector: { matchLabels: { app: 'server' } },
      action: 'DENY',
      rules: [{ to: [{ operation: { paths: ['/'] } }] }],
    };
    const metadata = { namespace: 'default', name: 'closed' };
    const deny = JSON.stringify({ apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata, spec });
    await become('STRICT', deny);
    assert.deepEqual(await truth(), {
      mesh: '403 | refused | 403',
      'mesh with bytes': '400 | refused | refused',
      plain: 'refused | refused | refused',
      'hostile with istio': '403 | refused | refused',
      'hostile with both': '403 | refused | 403',
      'direct with http/1.1': '403 | refused | 403',
      'direct with nothing': '403 | refused | refused',
    });
    const gone = `${service.url}/apis/security.istio.io/v1/namespaces/default/authorizationpolicies/closed`;
    assert.equal((await fetch(gone, { method: 'DELETE' })).status, 200);
    await become('DISABLE'); // other clusters, so that no connection is left over which the rule still holds for
  });

  test('PA-5: from PERMISSIVE to STRICT, and with renewed certificates, no request of the mesh is lost', async () => {
    await become('PERMISSIVE');
    const load = steadyLoad({ host: 'server.test', port: outside.auto, perSecond: 50 });
    const more = async (): Promise<void> => {
      const until = load.finished() + 50;
      await waitUntil(() => Promise.resolve(load.finished() >= until), { what: 'requests', timeoutMs: 20_000 });
    };
    await more();
    await become('STRICT');
    await more();
    const shown = await certificateShown();
    writeIdentity(directories.server.path, authority, SERVER);
    writeIdentity(directories.client.path, authority, CLIENT);
    const isRenewed = async (): Promise<boolean> => (await certificateShown()) !== shown;
    await waitUntil(isRenewed, { what: 'the server shows the new certificate', timeoutMs: 20_000 });
    await more();
    await load.stop();
    assert.deepEqual([...load.failures()], []);
  });

  /** The serial number of the certificate that the server's Envoy shows. */
  const certificateShown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const { certificate: cert, key } = direct;
      const options = { port: inside.http, host: '127.0.0.1', cert, key, ca: authority.certificate };
      const socket = connectTls({ ...options, checkServerIdentity: () => undefined });
      socket.on('error', reject).on('secureConnect', () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      });
    });
});
