import assert from 'node:assert/strict';
import { type AddressInfo, type Server } from 'node:net';
import { createServer as createSecureServer } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { freePorts } from '../../tools/support/free-port.ts';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { backends, type TestService } from '../support/backends.ts';
import { apply, backend, bootstrapFor, type TinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { steadyLoad } from '../support/steady-load.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { type TestCertificate, testAuthority } from '../support/test-certificates.ts';
import { document, pairSecret, secretOf } from '../support/tls-secrets.ts';

// `npm run soak` makes more of them.
const ROTATIONS = Number(process.env['PILOTLESS_ROTATIONS'] ?? 4);
const PER_SECOND = 200;
/** Where functions and a stand-in for the cloud share the machine with the load, one rotation under a light one is enough. */
const LIGHT = { rounds: 1, perSecond: 20 };
const PATIENCE_MS = 30_000;
const NAMESPACE = 'edge';

const authority = testAuthority('authority');
const stranger = testAuthority('stranger');
const issue = (host: string): TestCertificate => authority.issue(host);
const client = authority.issue('client.test');

const PORTS = ['https', 'mutual', 'optional', 'broken', 'files', 'plain'] as const;
type Ports = Readonly<Record<(typeof PORTS)[number], number>>;

for (const each of backends) {
  const { rounds, perSecond } = each.hearsAllPolls ? { rounds: ROTATIONS, perSecond: PER_SECOND } : LIGHT;
  describe(`a real Envoy ends TLS as the documents say, on ${each.name}`, await need('envoy', ...each.programs), () => {
    let service: TestService;
    let envoy: RunningEnvoy;
    let target: TinyServer;
    let secure: Server;
    let files: TempDir;
    let ports: Ports;

    const ask = (port: number, host: string, options: ConnectionOptions = {}): Promise<Asked> =>
      askByTls({ port, servername: host, ca: authority.certificate, ...options });
    const eventually = async (expected: string, read: () => Promise<string>): Promise<void> => {
      let last = '';
      await waitUntil(async () => (last = await read().catch(String)) === expected, {
        what: expected,
        timeoutMs: PATIENCE_MS,
        detail: () => `${last}\n${envoy.logs()}`,
      });
    };
    const conditionOf = async (path: string, wanted = 'Accepted'): Promise<string> => {
      const answer = await fetch(`${service.url}${path}/status`);
      const { status } = (await answer.json()) as { readonly status?: { readonly conditions?: readonly Condition[] } };
      const found = status?.conditions?.find(({ type }) => type === wanted);
      return `${found?.status} ${found?.reason} ${found?.message}`;
    };
    const gatewayStatus = (name: string): Promise<string> =>
      conditionOf(`/apis/networking.istio.io/v1/namespaces/${NAMESPACE}/gateways/${name}`);

    before(async () => {
      target = await backend('app');
      secure = await secureServer();
      const first = await freePorts(PORTS.length);
      ports = Object.fromEntries(PORTS.map((name, index) => [name, first + index])) as Ports;
      const onDisk = issue('files.test');
      files = tempDir({ 'crt.pem': onDisk.certificate, 'key.pem': onDisk.key, 'ca.pem': authority.certificate });
      service = await each.start();
      const outside = (secure.address() as AddressInfo).port;
      await apply(service.url, documents(ports, { app: target.port, outside, files: files.path }));
      const bootstrap = bootstrapFor(service.url, { id: 'router', type: 'router', namespace: NAMESPACE });
      envoy = await startEnvoy({ bootstrap });
      await envoy.ready(PATIENCE_MS);
      await eventually('app', async () => (await ask(ports.https, 'one.test')).body);
    });
    after(async () => {
      await envoy?.stop();
      await service?.stop();
      await target?.stop();
      await new Promise((resolve) => (secure ? secure.close(resolve) : resolve(undefined)));
      files?.remove();
    });

    test('GW-28: the certificate is that of the name which the client asks for', async () => {
      for (const host of ['one.test', 'two.test']) {
        const { shown, body, protocol } = await ask(ports.https, host);
        assert.deepEqual([shown, body, protocol], [host, 'app', 'http/1.1']);
      }
      await assert.rejects(ask(ports.https, 'three.test'));
    });

    test('GW-27: MUTUAL lets in those whom its authorities vouch for, and nobody else', async () => {
      assert.equal((await ask(ports.mutual, 'one.test', shows(client))).body, 'app');
      await assert.rejects(ask(ports.mutual, 'one.test'));
      await assert.rejects(ask(ports.mutual, 'one.test', shows(stranger.issue('client.test'))));
    });

    test('SDS-11: MUTUAL with names lets in those that carry one', async () => {
      assert.equal((await ask(ports.mutual, 'named.test', shows(client))).body, 'app');
      await assert.rejects(ask(ports.mutual, 'named.test', shows(issue('other.test'))));
    });

    test('GW-27: OPTIONAL_MUTUAL asks for no certificate and checks one that is shown', async () => {
      assert.equal((await ask(ports.optional, 'one.test')).body, 'app');
      assert.equal((await ask(ports.optional, 'one.test', shows(client))).body, 'app');
      await assert.rejects(ask(ports.optional, 'one.test', shows(stranger.issue('client.test'))));
    });

    test('SDS-12, GW-27: certificates in files, and no version below the one that is written', async () => {
      assert.equal((await ask(ports.files, 'files.test')).shown, 'files.test');
      await assert.rejects(ask(ports.files, 'files.test', { maxVersion: 'TLSv1.2' }));
    });

    test('SDS-5, TC-4: a server without a certificate serves nobody, those beside it all, and its Gateway says so', async () => {
      assert.equal((await ask(ports.broken, 'whole.test')).body, 'app');
      for (const host of ['broken.test', 'unknown.test']) await assert.rejects(ask(ports.broken, host));
      const said = await gatewayStatus('broken');
      assert.match(said, /^False Secret/);
      assert.match(said, /Secret\/edge\/unknown is not there/);
      assert.match(said, /private key in "tls.key" does not belong to the certificate/);
      assert.match(await gatewayStatus('edge'), /^True Accepted/);
      await eventually('True Programmed 1/1 proxies', () =>
        conditionOf(`/api/v1/namespaces/${NAMESPACE}/secrets/one`, 'Programmed'),
      );
    });

    test('GW-28: a certificate that is uploaded later is served, without a new listener', async () => {
      const starts = await listenerChanges(envoy);
      await apply(service.url, pairSecret('unknown', issue('unknown.test'), NAMESPACE));
      await eventually('unknown.test app', async () => {
        const { shown, body } = await ask(ports.broken, 'unknown.test');
        return `${shown} ${body}`;
      });
      assert.equal(await listenerChanges(envoy), starts);
    });

    test('DR-31: a rule for clients shows and believes what its secret holds', async () => {
      await eventually('hello client.test', async () => (await ask(ports.https, 'out.test')).body);
    });

    test(`TC-10: ${rounds} new certificates at ${perSecond} requests a second cost none of them`, async () => {
      const starts = await listenerChanges(envoy);
      const load = steadyLoad({
        host: 'one.test',
        port: ports.https,
        perSecond,
        ca: authority.certificate,
      });
      try {
        for (let round = 0; round < rounds; round += 1) {
          const pair = authority.issue('one.test', 'out.test', `round-${round}.test`);
          await apply(service.url, pairSecret('one', pair, NAMESPACE));
          await eventually(
            `DNS:one.test, DNS:out.test, DNS:round-${round}.test`,
            async () => (await ask(ports.https, 'one.test')).names,
          );
          assert.deepEqual([...load.failures()], [], `after round ${round}`);
        }
        await waitUntil(() => load.finished() > rounds * 10, { what: 'requests meanwhile', timeoutMs: PATIENCE_MS });
      } finally {
        await load.stop();
      }
      assert.deepEqual([...load.failures()], []);
      assert.ok(load.finished() > rounds * 10);
      assert.equal(await listenerChanges(envoy), starts);
    });

    test('TC-4: a broken new version leaves the certificate before it where it is', async () => {
      const before = (await ask(ports.https, 'two.test')).names;
      await apply(
        service.url,
        pairSecret('two', { certificate: issue('two.test').certificate, key: client.key }, NAMESPACE),
      );
      await waitUntil(async () => /the one before stays/.test(await gatewayStatus('edge')), {
        what: 'the gateway says it',
        timeoutMs: PATIENCE_MS,
      });
      await settled(service.url);
      assert.equal((await ask(ports.https, 'two.test')).names, before);
    });

    test('TC-12: a secret that is deleted stays with the proxy, and the Gateway says that it is gone', async () => {
      await fetch(`${service.url}/api/v1/namespaces/${NAMESPACE}/secrets/two`, { method: 'DELETE' });
      await waitUntil(async () => /Secret\/edge\/two is not there/.test(await gatewayStatus('edge')), {
        what: 'the gateway says it',
        timeoutMs: PATIENCE_MS,
      });
      await settled(service.url);
      assert.equal((await ask(ports.https, 'two.test')).body, 'app');
    });
  });
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

const shows = ({ certificate: cert, key }: TestCertificate): ConnectionOptions => ({ cert, key });

/** What a client met that asks for `/` by TLS. */
interface Asked {
  /** Common name of the certificate that it was shown, and its other names. */
  readonly shown: string;
  readonly names: string;
  readonly protocol: string;
  readonly body: string;
}

/** Rejects where there is no answer. */
function askByTls(options: ConnectionOptions): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connectTls({ host: '127.0.0.1', ALPNProtocols: ['http/1.1'], ...options }, () => {
      socket.write(`GET / HTTP/1.1\r\nhost: ${options.servername}\r\nconnection: close\r\n\r\n`);
    });
    let [text, shown, names]: [string, string, string] = ['', '', ''];
    socket.on('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      [shown, names] = [String(certificate.subject.CN), certificate.subjectaltname ?? ''];
    });
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject).on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n');
      if (!head.startsWith('HTTP/1.1 200')) reject(new Error(`no answer: ${head}`));
      // A body whose length nobody said comes in chunks.
      const lines = /^transfer-encoding: chunked/im.test(head) ? (body.split('\r\n')[1] ?? '') : body;
      resolve({ shown, names, protocol: socket.alpnProtocol || '', body: lines });
    });
  });
}

/** How many listeners the proxy has made or changed so far. */
async function listenerChanges(envoy: RunningEnvoy): Promise<number> {
  const counts = await envoy.stats('^listener_manager.listener_(added|modified|in_place_updated)$');
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Waits until every proxy has everything that there is for it. */
async function settled(server: string): Promise<void> {
  await waitUntil(
    async () => {
      const answer = await fetch(`${server}/v1/proxies`);
      const { proxies } = (await answer.json()) as { readonly proxies: readonly { readonly types: object }[] };
      return proxies.every(({ types }) => !/STALE/.test(JSON.stringify(types)));
    },
    { what: 'the proxy has it', timeoutMs: PATIENCE_MS },
  );
}

/** A server that takes those clients alone whom the authority vouches for, and greets them by name. */
async function secureServer(): Promise<Server> {
  const { certificate: cert, key } = issue('out.test');
  const server = createSecureServer(
    { cert, key, ca: authority.certificate, requestCert: true },
    ({ socket }, response) => response.end(`hello ${String((socket as TLSSocket).getPeerCertificate().subject.CN)}`),
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

interface Targets {
  readonly app: number;
  readonly outside: number;
  readonly files: string;
}

function documents(ports: Ports, { app, outside, files }: Targets): string {
  const istio = (kind: string, name: string, spec: object): string =>
    document({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace: NAMESPACE }, spec });
  const server = (port: number, host: string, tls: object): object => ({
    port: { number: port, name: `https-${port}-${host}`, protocol: 'HTTPS' },
    bind: '127.0.0.1',
    hosts: [host],
    tls,
  });
  const simple = (credentialName: string): object => ({ mode: 'SIMPLE', credentialName });
  const mutual = (mode: string, more = {}): object => ({ mode, credentialName: 'whole', ...more });
  const entry = (host: string, port: number, protocol: string): string =>
    istio('ServiceEntry', host.replace('.', '-'), {
      hosts: [host],
      ports: [{ number: 80, name: 'port', protocol }],
      resolution: 'STATIC',
      endpoints: [{ address: '127.0.0.1', ports: { port } }],
    });
  const route = (hosts: readonly string[], host: string): string =>
    istio('VirtualService', host.replace('.', '-'), {
      hosts,
      gateways: ['edge', 'clients', 'broken'],
      http: [{ route: [{ destination: { host } }] }],
    });
  const fromFiles = { mode: 'SIMPLE', serverCertificate: `${files}/crt.pem`, privateKey: `${files}/key.pem` };
  const whole = authority.issue('one.test', 'named.test');
  return [
    istio('Gateway', 'edge', {
      servers: [
        server(ports.https, 'one.test', simple('one')),
        server(ports.https, 'two.test', simple('two')),
        server(ports.https, 'out.test', simple('one')),
      ],
    }),
    istio('Gateway', 'clients', {
      servers: [
        server(ports.mutual, 'one.test', mutual('MUTUAL')),
        server(ports.mutual, 'named.test', mutual('MUTUAL', { subjectAltNames: ['client.test'] })),
        server(ports.optional, 'one.test', mutual('OPTIONAL_MUTUAL')),
        server(ports.files, 'files.test', { ...fromFiles, minProtocolVersion: 'TLSV1_3' }),
      ],
    }),
    istio('Gateway', 'broken', {
      servers: [
        server(ports.broken, 'whole.test', simple('whole-test')),
        server(ports.broken, 'broken.test', simple('broken')),
        server(ports.broken, 'unknown.test', simple('unknown')),
      ],
    }),
    pairSecret('one', authority.issue('one.test', 'out.test'), NAMESPACE),
    pairSecret('two', issue('two.test'), NAMESPACE),
    pairSecret('whole-test', issue('whole.test'), NAMESPACE),
    pairSecret('broken', { certificate: issue('broken.test').certificate, key: client.key }, NAMESPACE),
    secretOf(
      'whole',
      {
        'tls.crt': whole.certificate,
        'tls.key': whole.key,
        'ca.crt': authority.certificate,
      },
      NAMESPACE,
    ),
    secretOf(
      'client',
      { 'tls.crt': client.certificate, 'tls.key': client.key, 'ca.crt': authority.certificate },
      NAMESPACE,
    ),
    entry('app.test', app, 'HTTP'),
    entry('out.test', outside, 'HTTP'),
    istio('DestinationRule', 'out', {
      host: 'out.test',
      trafficPolicy: { tls: { mode: 'MUTUAL', credentialName: 'client', sni: 'out.test' } },
    }),
    route(
      ['one.test', 'two.test', 'named.test', 'files.test', 'whole.test', 'broken.test', 'unknown.test'],
      'app.test',
    ),
    route(['out.test'], 'out.test'),
  ].join('');
}
