import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { LocalService } from '../../functions/local.ts';
import { freePort } from '../../tools/support/free-port.ts';
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

/** Requests by which a share is judged. */
const DRAWS = 400;
const AT_ONCE = 20;

/** A request as a server saw it. */
interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

interface Upstream extends TinyServer {
  readonly seen: readonly Seen[];
}

/**
 * A server that answers with its name: never on a path that ends in `silent`, and on one that ends in `flaky` with 503 at the first
 * two attempts of each call.
 */
async function upstreamCalled(name: string): Promise<Upstream> {
  const seen: Seen[] = [];
  const server = await tinyServer(({ url: path = '', headers }, response) => {
    seen.push({ path, headers });
    if (path.endsWith('silent')) return;
    const attempts = seen.filter((each) => each.headers['x-call'] === headers['x-call']).length;
    response.writeHead(path.endsWith('flaky') && attempts <= 2 ? 503 : 200, { 'x-from-upstream': 'yes' }).end(name);
  });
  return { ...server, seen };
}

describe('a real Envoy treats requests as the documents say', await need('envoy'), () => {
  let service: LocalService;
  let envoy: RunningEnvoy;
  let v1: Upstream;
  let v2: Upstream;
  let mirror: Upstream;
  let port: number;

  const call = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    requestTo(port, { host: 'shop.test', path, headers });
  const ask = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { status, body } = await call(path, headers);
    return status === 200 ? body : `status ${status}`;
  };
  /** How often each answer came in `DRAWS` calls. */
  const draw = async (path: string): Promise<ReadonlyMap<string, number>> => {
    const counts = new Map<string, number>();
    for (let draws = 0; draws < DRAWS; draws += AT_ONCE) {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => ask(path)));
      for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
    }
    return counts;
  };
  /** The only request that a server saw of a call. */
  const seenOf = (server: Upstream, id: string): Seen => {
    const [first, ...others] = server.seen.filter(({ headers }) => headers['x-call'] === id);
    assert.ok(first);
    assert.equal(others.length, 0);
    return first;
  };

  before(async () => {
    [v1, v2, mirror] = await Promise.all([upstreamCalled('v1'), upstreamCalled('v2'), upstreamCalled('mirror')]);
    port = await freePort();
    service = await startService();
    await apply(service.url, documents({ port, v1: v1.port, v2: v2.port, mirror: mirror.port }));
    envoy = await startEnvoy({ bootstrap: bootstrapFor(service.url) });
    await envoy.ready(20_000);
    await waitUntil(async () => (await ask('/any')) === 'v1', { what: 'traffic', timeoutMs: 20_000 });
  });
  after(async () => {
    await envoy?.stop();
    await service?.stop();
    await Promise.all([v1, v2, mirror].map((server) => server?.stop()));
  });

  test('RT-20: a canary gets its weight of the requests', async () => {
    const counts = await draw('/canary');
    assert.deepEqual([...counts.keys()].sort(), ['v1', 'v2']);
    assertShare(counts.get('v2') ?? 0, { of: DRAWS, share: 0.2, what: 'v2' });
  });

  test('RT-8, RT-9: a header leads to another version, unless a second one forbids it', async () => {
    assert.equal(await ask('/tested', { 'x-tester': 'ann-1' }), 'v2');
    assert.equal(await ask('/tested', { 'x-tester': 'bob-1' }), 'v1');
    assert.equal(await ask('/tested', { 'x-tester': 'ann-1', 'x-opt-out': '1' }), 'v1');
    assert.equal(await ask('/tested'), 'v1');
  });

  test('RT-10: exact paths, regular expressions and query parameters lead to another version', async () => {
    assert.equal(await ask('/exact'), 'v2');
    assert.equal(await ask('/exact/below'), 'v1');
    assert.equal(await ask('/items/17/price'), 'v2');
    assert.equal(await ask('/items/none/price'), 'v1');
    assert.equal(await ask('/asked?version=2'), 'v2');
    assert.equal(await ask('/asked?version=3'), 'v1');
  });

  test('RT-25: a request that meets 503 is tried again as often as said, and not at all with 0 attempts', async () => {
    const attemptsOf = (id: string): number => v1.seen.filter(({ headers }) => headers['x-call'] === id).length;
    assert.equal(await ask('/retried/flaky', { 'x-call': 'enough' }), 'v1');
    assert.equal(attemptsOf('enough'), 3);
    assert.equal(await ask('/once-more/flaky', { 'x-call': 'too-few' }), 'status 503');
    assert.equal(attemptsOf('too-few'), 2);
    assert.equal(await ask('/at-once/flaky', { 'x-call': 'none' }), 'status 503');
    assert.equal(attemptsOf('none'), 1);
  });

  test('RT-16: who does not answer in time is given up with 504, and not before', async () => {
    const began = performance.now();
    assert.equal(await ask('/patient/silent'), 'status 504');
    // The server would never answer, so that there is no upper limit to measure.
    assert.ok(performance.now() - began >= 490);
  });

  test('RT-27, RT-29: faults abort a share of the requests and delay others', async () => {
    assert.equal(await ask('/broken', { 'x-call': 'broken' }), 'status 418');
    assert.equal(v1.seen.filter(({ headers }) => headers['x-call'] === 'broken').length, 0);
    const counts = await draw('/unsteady');
    assert.deepEqual([...counts.keys()].sort(), ['status 418', 'v1']);
    assertShare(counts.get('status 418') ?? 0, { of: DRAWS, share: 0.3, what: 'aborted' });
    const began = performance.now();
    assert.equal(await ask('/slow'), 'v1');
    assert.ok(performance.now() - began >= 490);
  });

  test('RT-23: a mirror gets copies of all requests, or of its share, and its answers are not heard', async () => {
    assert.equal(await ask('/copied', { 'x-call': 'copied' }), 'v1');
    await waitUntil(() => mirror.seen.some(({ headers }) => headers['x-call'] === 'copied'), {
      what: 'a copy',
      timeoutMs: 10_000,
    });
    assert.equal(seenOf(mirror, 'copied').path, '/copied');
    assert.deepEqual([...(await draw('/sometimes-copied')).keys()], ['v1']);
    const copies = (): number => mirror.seen.filter(({ path }) => path === '/sometimes-copied').length;
    // Copies are sent on their own: those that Envoy began are all there when none is under way any more.
    await waitUntil(async () => sum(await envoy.stats('mirror.test;?.upstream_rq_(active|pending_active)$')) === 0, {
      what: 'the end of copying',
      timeoutMs: 10_000,
    });
    assertShare(copies(), { of: DRAWS, share: 0.25, what: 'copies' });
  });

  test('RT-17, RT-19: path, host and headers reach the server rewritten, and answers their client', async () => {
    const { headers } = await call('/old/path?x=1', { 'x-call': 'rewritten', 'x-secret': 'word', 'x-kept': 'a' });
    const seen = seenOf(v1, 'rewritten');
    assert.equal(seen.path, '/new/path?x=1');
    const { host, 'x-secret': secret, 'x-set': set, 'x-kept': kept } = seen.headers;
    assert.deepEqual({ host, secret, set, kept }, { host: 'inner.test', secret: undefined, set: 'set', kept: 'a, b' });
    assert.equal(headers['x-answer'], 'added');
    assert.equal(headers['x-from-upstream'], undefined);
    await call('/by-id/42/show', { 'x-call': 'reordered' });
    assert.equal(seenOf(v1, 'reordered').path, '/show/42');
  });

  test('RT-13, RT-15: redirects and direct responses meet no server', async () => {
    const before = v1.seen.length;
    const { status, headers } = await call('/moved');
    assert.deepEqual([status, headers.location], [308, 'https://elsewhere.test/here']);
    const answer = await call('/teapot');
    assert.deepEqual([answer.status, answer.body], [418, 'short and stout']);
    assert.equal(v1.seen.length, before);
  });

  test('RT-28, RT-29: a browser may ask from the origins that are named, and from no other', async () => {
    const allowed = await call('/open', { origin: 'https://good.test' });
    assert.equal(allowed.headers['access-control-allow-origin'], 'https://good.test');
    const other = await call('/open', { origin: 'https://evil.test' });
    assert.equal(other.headers['access-control-allow-origin'], undefined);
  });
});

const sum = (stats: Readonly<Record<string, number>>): number =>
  Object.values(stats).reduce((total, value) => total + value, 0);

interface Ports {
  readonly port: number;
  readonly v1: number;
  readonly v2: number;
  readonly mirror: number;
}

function documents({ port, v1, v2, mirror }: Ports): string {
  const to = (subset: string, weight = 100): string =>
    `{ destination: { host: shop.test, subset: ${subset} }, weight: ${weight} }`;
  const route = (path: string, more: string): string => `    - { match: [{ uri: { prefix: ${path} } }], ${more} }`;
  const toV1 = `route: [${to('v1')}]`;
  const toV2 = `route: [${to('v2')}]`;
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: shop }
spec:
  hosts: [shop.test]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: ${port}, name: http, protocol: HTTP }]
  endpoints:
    - { address: 127.0.0.1, ports: { http: ${v1} }, labels: { version: v1 } }
    - { address: 127.0.0.1, ports: { http: ${v2} }, labels: { version: v2 } }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: mirror }
spec:
  hosts: [mirror.test]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: ${port}, name: http, protocol: HTTP }]
  endpoints: [{ address: 127.0.0.1, ports: { http: ${mirror} } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: shop }
spec:
  host: shop.test
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop }
spec:
  hosts: [shop.test]
  http:
${[
  route('/canary', `route: [${to('v1', 80)}, ${to('v2', 20)}]`),
  `    - { match: [{ headers: { x-tester: { prefix: ann- } }, withoutHeaders: { x-opt-out: {} } }], ${toV2} }`,
  `    - { match: [{ uri: { exact: /exact } }, { uri: { regex: '/items/[0-9]+/price' } }], ${toV2} }`,
  `    - { match: [{ uri: { prefix: /asked }, queryParams: { version: { exact: '2' } } }], ${toV2} }`,
  route('/retried', `retries: { attempts: 3, retryOn: 5xx, backoff: 1ms }, ${toV1}`),
  route('/once-more', `retries: { attempts: 1, retryOn: '503', backoff: 1ms }, ${toV1}`),
  route('/at-once', `retries: { attempts: 0 }, ${toV1}`),
  route('/patient', `timeout: 500ms, retries: { attempts: 0 }, ${toV1}`),
  route('/broken', `fault: { abort: { httpStatus: 418, percentage: { value: 100 } } }, ${toV1}`),
  route('/unsteady', `fault: { abort: { httpStatus: 418, percentage: { value: 30 } } }, ${toV1}`),
  route('/slow', `fault: { delay: { fixedDelay: 500ms, percentage: { value: 100 } } }, ${toV1}`),
  route('/copied', `mirror: { host: mirror.test }, ${toV1}`),
  route('/sometimes-copied', `mirror: { host: mirror.test }, mirrorPercentage: { value: 25 }, ${toV1}`),
  route(
    '/old',
    `rewrite: { uri: /new, authority: inner.test }, headers: { request: { set: { x-set: set }, add: { x-kept: b }, remove: [x-secret] }, response: { add: { x-answer: added }, remove: [x-from-upstream] } }, ${toV1}`,
  ),
  route('/by-id', `rewrite: { uriRegexRewrite: { match: '^/by-id/([0-9]+)/(.*)$', rewrite: '/\\2/\\1' } }, ${toV1}`),
  route('/moved', 'redirect: { scheme: https, authority: elsewhere.test, uri: /here, redirectCode: 308 }'),
  route('/teapot', 'directResponse: { status: 418, body: { string: short and stout } }'),
  route('/open', `corsPolicy: { allowOrigins: [{ exact: https://good.test }] }, ${toV1}`),
  `    - { ${toV1} }`,
].join('\n')}
`;
}
