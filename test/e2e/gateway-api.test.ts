import assert from 'node:assert/strict';
import { connect as connectH2, createServer as createH2Server, type Http2Server } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { LocalService } from '../../functions/local.ts';
import { freePorts } from '../../tools/support/free-port.ts';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import {
  type Answer,
  apply,
  bootstrapFor,
  requestTo,
  startService,
  type TinyServer,
  tinyServer,
} from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { assertShare } from '../support/share.ts';
import { testAuthority } from '../support/test-certificates.ts';

/** Requests by which a share is judged. */
const DRAWS = 400;
const AT_ONCE = 20;
const PATIENCE_MS = 20_000;

const authority = testAuthority('authority');

/** What Envoy answers to a gRPC call that it has no route for. */
const UNIMPLEMENTED = '12';

/** A server that tells its name, and how it was asked. */
const upstreamCalled = (name: string): Promise<TinyServer> =>
  tinyServer(({ url = '', headers }, response) =>
    response.end(JSON.stringify({ name, path: url, host: headers.host, added: headers['x-added'] })),
  );

interface Told {
  readonly name: string;
  readonly path: string;
  readonly host: string;
  readonly added?: string;
}

describe('a real Envoy routes as documents of the Gateway API say', await need('envoy'), () => {
  let service: LocalService;
  let router: RunningEnvoy;
  let sidecar: RunningEnvoy;
  let upstreams: readonly TinyServer[];
  let grpc: Http2Server;
  let servers: readonly Server[];
  let copies = 0;
  let ports: Ports;

  const call = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    requestTo(ports.http, { host: 'shop.test', path, headers });
  const told = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Told> => {
    const { status, body } = await call(path, headers);
    assert.equal(status, 200, body);
    return JSON.parse(body) as Told;
  };
  /** How often each status, or the name of a server, came in `DRAWS` calls. */
  const draw = async (path: string): Promise<ReadonlyMap<string, number>> => {
    const counts = new Map<string, number>();
    for (let draws = 0; draws < DRAWS; draws += AT_ONCE) {
      for (const { status, body } of await Promise.all(Array.from({ length: AT_ONCE }, () => call(path)))) {
        const answer = status === 200 ? (JSON.parse(body) as Told).name : `status ${status}`;
        counts.set(answer, (counts.get(answer) ?? 0) + 1);
      }
    }
    return counts;
  };

  before(async () => {
    const copied = await tinyServer((_request, response) => {
      copies += 1;
      response.end();
    });
    upstreams = [await upstreamCalled('v1'), await upstreamCalled('v2'), copied];
    grpc = createH2Server().on('stream', (stream, headers) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(`called ${String(headers[':path'])}`);
    });
    const { certificate: cert, key } = authority.issue('secure.shop.test');
    const secure = createTlsServer({ cert, key }, (socket) => socket.end()).on('tlsClientError', ignore);
    servers = [secure, createServer((socket) => socket.on('error', ignore).end('database'))];
    const [securePort = 0, database = 0] = await Promise.all(servers.map(listening));
    const grpcPort = await new Promise<number>((resolve) =>
      grpc.listen(0, '127.0.0.1', () => resolve((grpc.address() as AddressInfo).port)),
    );
    const [v1 = 0, v2 = 0, copy = 0] = upstreams.map(({ port }) => port);
    const first = await freePorts(4);
    ports = { http: first, tls: first + 1, tcp: first + 2, mesh: first + 3 };
    service = await startService();
    const targets = { v1, v2, copy, grpc: grpcPort, secure: securePort, database };
    await apply(service.url, [...servicesOf(targets, ports.mesh), ...routesOf(ports)].join('\n---\n'));
    const labels = { 'gateway.networking.k8s.io/gateway-name': 'web' };
    [router, sidecar] = await Promise.all([
      startEnvoy({ bootstrap: bootstrapFor(service.url, { id: 'router', type: 'router', labels }) }),
      startEnvoy({ bootstrap: bootstrapFor(service.url) }),
    ]);
    await Promise.all([router.ready(PATIENCE_MS), sidecar.ready(PATIENCE_MS)]);
    await waitUntil(async () => (await call('/any').catch(() => undefined))?.status === 200, {
      what: 'traffic',
      timeoutMs: PATIENCE_MS,
      detail: () => router.logs(),
    });
  });
  after(async () => {
    await Promise.all([router?.stop(), sidecar?.stop()]);
    await service?.stop();
    await Promise.all([...(upstreams ?? []).map((server) => server.stop())]);
    grpc?.close();
    for (const server of servers ?? []) server.close();
  });

  test('GA-14, GA-15: a tester meets the canary, everybody else by weight', async () => {
    assert.equal((await told('/canary', { 'x-tester': 'yes' })).name, 'v2');
    const counts = await draw('/canary');
    assert.deepEqual([...counts.keys()].sort(), ['v1', 'v2']);
    assertShare(counts.get('v2') ?? 0, { of: DRAWS, share: 0.2, what: 'v2' });
  });

  test('GA-15: a prefix ends at a slash', async () => {
    assert.equal((await told('/part/below')).name, 'v2');
    assert.equal((await told('/partly')).name, 'v1');
  });

  test('GA-17: a backend that is not there keeps its share, which is answered with 500', async () => {
    const counts = await draw('/lost');
    assert.deepEqual([...counts.keys()].sort(), ['status 500', 'v1']);
    assertShare(counts.get('status 500') ?? 0, { of: DRAWS, share: 0.25, what: 'lost' });
    assert.equal((await call('/nowhere')).status, 500);
  });

  test('GA-18: a prefix is taken away or replaced, and the host and headers with it', async () => {
    const { path, host, added } = await told('/old/path?x=1');
    assert.deepEqual({ path, host, added }, { path: '/path?x=1', host: 'inner.test', added: 'yes' });
    assert.equal((await told('/old')).path, '/');
    assert.equal((await told('/renamed/a')).path, '/new/a');
    assert.equal((await told('/whole/a')).path, '/all');
  });

  test('GA-18, GA-19: a redirect goes to https at its usual port, and from below a prefix', async () => {
    const { status, headers } = await call('/moved/a?x=1');
    assert.deepEqual([status, headers.location], [302, 'https://shop.test/a?x=1']);
  });

  test('GA-18: a mirror gets copies', async () => {
    assert.equal((await told('/copied')).name, 'v1');
    await waitUntil(() => copies > 0, { what: 'a copy', timeoutMs: PATIENCE_MS });
  });

  test('GA-21: a gRPC method is routed, another one of its service is not', async () => {
    assert.deepEqual(await callGrpc('/shop.v1.Cart/Get'), { status: '', body: 'called /shop.v1.Cart/Get' });
    assert.deepEqual(await callGrpc('/shop.v1.Cart/Put'), { status: UNIMPLEMENTED, body: '' });
  });

  test('GA-22: TLS goes through to the server of its name, and no other name does', async () => {
    assert.equal(await shownTo('secure.shop.test'), 'secure.shop.test');
    await assert.rejects(shownTo('other.shop.test'));
  });

  test('GA-22: connections to a port go where its TCPRoute says', async () => {
    assert.equal(await read(ports.tcp), 'database');
  });

  test('GA-23: inside the mesh a route for a service decides where its requests go', async () => {
    const ask = async (path: string): Promise<string> => {
      const { status, body } = await requestTo(ports.mesh, { host: 'front.default.svc.cluster.local', path });
      return status === 200 ? (JSON.parse(body) as Told).name : `status ${status}`;
    };
    assert.equal(await ask('/v2'), 'v2');
    assert.equal(await ask('/'), 'v1');
  });

  /** The gRPC status where the answer begins with it, as it does where nobody was called. */
  function callGrpc(path: string): Promise<{ readonly status: string; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const session = connectH2(`http://127.0.0.1:${ports.http}`).on('error', reject);
      const headers = {
        ':method': 'POST',
        ':path': path,
        ':authority': 'grpc.shop.test',
        'content-type': 'application/grpc',
      };
      const stream = session.request(headers).on('error', reject);
      let [status, body] = ['', ''];
      stream.on('response', (answer) => (status = String(answer['grpc-status'] ?? '')));
      stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      stream.on('end', () => {
        session.close();
        resolve({ status, body });
      });
      stream.end();
    });
  }

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
});

const ignore = (): void => undefined;

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

function read(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1').setEncoding('utf8').on('error', reject);
    socket.on('data', (chunk) => (text += String(chunk))).on('close', () => resolve(text));
  });
}

interface Ports {
  readonly http: number;
  readonly tls: number;
  readonly tcp: number;
  readonly mesh: number;
}

/** A Service for each server on loopback, under a port that says what it speaks. */
function servicesOf(targets: Readonly<Record<string, number>>, mesh: number): readonly string[] {
  const protocols: Readonly<Record<string, string>> = { grpc: 'grpc', secure: 'tls', database: 'tcp' };
  const service = (
    name: string,
    protocol: string,
    at: { readonly port: number; readonly target: number },
  ): object[] => [
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' } },
      spec: {
        clusterIP: `10.9.0.${at.target % 250}`,
        ports: [{ name: protocol, port: at.port, targetPort: at.target }],
      },
    },
    {
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
      metadata: { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
      ports: [{ name: protocol, port: at.target }],
      endpoints: [{ addresses: ['127.0.0.1'] }],
    },
  ];
  const written = [
    ...Object.entries(targets).flatMap(([name, target]) =>
      service(name, protocols[name] ?? 'http', { port: 80, target }),
    ),
    ...service('front', 'http', { port: mesh, target: targets['v1'] ?? 0 }),
  ];
  return written.map((document) => JSON.stringify(document));
}

function routesOf({ http, tls, tcp, mesh }: Ports): readonly string[] {
  const to = (name: string, weight = 1): object => ({ name, port: 80, weight });
  const below = (value: string): object => ({ path: { type: 'PathPrefix', value } });
  const replaced = (by: string): object => ({ path: { type: 'ReplacePrefixMatch', replacePrefixMatch: by } });
  const rule = (path: string, more: object): object => ({ matches: [below(path)], backendRefs: [to('v1')], ...more });
  const rewrite = (path: string, urlRewrite: object, ...filters: readonly object[]): object =>
    rule(path, { filters: [{ type: 'URLRewrite', urlRewrite }, ...filters] });
  const added = { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-added', value: 'yes' }] } };
  const moved = { type: 'RequestRedirect', requestRedirect: { scheme: 'https', ...replaced('/') } };
  const mirror = { type: 'RequestMirror', requestMirror: { backendRef: { name: 'copy', port: 80 } } };
  const tester = { ...below('/canary'), headers: [{ name: 'x-tester', value: 'yes' }] };
  const rules = [
    rule('/', {}),
    rule('/canary', { backendRefs: [to('v1', 4), to('v2', 1)] }),
    { matches: [tester], backendRefs: [to('v2')] },
    rule('/part', { backendRefs: [to('v2')] }),
    rule('/lost', { backendRefs: [to('v1', 3), to('missing', 1)] }),
    { matches: [below('/nowhere')] },
    rewrite('/old', { hostname: 'inner.test', ...replaced('/') }, added),
    rewrite('/renamed', replaced('/new')),
    rewrite('/whole', { path: { type: 'ReplaceFullPath', replaceFullPath: '/all' } }),
    { matches: [below('/moved')], filters: [moved] },
    rule('/copied', { filters: [mirror] }),
  ];
  const attached = { parentRefs: [{ name: 'web' }] };
  const listeners = [
    { name: 'http', protocol: 'HTTP', port: http },
    { name: 'tls', protocol: 'TLS', port: tls, tls: { mode: 'Passthrough' } },
    { name: 'tcp', protocol: 'TCP', port: tcp },
  ];
  const method = { service: 'shop.v1.Cart', method: 'Get' };
  const inMesh = { parentRefs: [{ kind: 'Service', group: '', name: 'front', port: mesh }] };
  const document = (kind: string, name: string, spec: object): string =>
    JSON.stringify({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind,
      metadata: { name, namespace: 'default' },
      spec,
    });
  return [
    document('Gateway', 'web', { gatewayClassName: 'istio', listeners }),
    document('HTTPRoute', 'shop', { ...attached, hostnames: ['shop.test'], rules }),
    document('GRPCRoute', 'cart', {
      ...{ ...attached, hostnames: ['grpc.shop.test'] },
      rules: [{ matches: [{ method }], backendRefs: [to('grpc')] }],
    }),
    document('TLSRoute', 'secure', {
      ...attached,
      hostnames: ['secure.shop.test'],
      rules: [{ backendRefs: [to('secure')] }],
    }),
    document('TCPRoute', 'database', { ...attached, rules: [{ backendRefs: [to('database')] }] }),
    document('HTTPRoute', 'front', { ...inMesh, rules: [rule('/v2', { backendRefs: [to('v2')] }), rule('/', {})] }),
  ];
}
