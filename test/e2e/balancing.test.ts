import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LocalService } from '../../functions/local.ts';
import { freePort } from '../../tools/support/free-port.ts';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { apply, bootstrapFor, callAs, startService, type TinyServer, tinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';

/** A backend that answers with its name, or with 503 while it is ill. */
interface Backend extends TinyServer {
  readonly name: string;
  isIll: boolean;
}

async function backendCalled(name: string): Promise<Backend> {
  const state = { name, isIll: false };
  const server = await tinyServer((_request, response) => {
    response.writeHead(state.isIll ? 503 : 200).end(name);
  });
  return Object.assign(state, server);
}

const NAMES = ['near', 'far', 'a', 'b', 'c'] as const;

describe('a real Envoy balances as the documents say', await need('envoy'), () => {
  let service: LocalService;
  let envoy: RunningEnvoy;
  let backends: readonly Backend[];
  let port: number;

  const named = (name: (typeof NAMES)[number]): Backend => {
    const found = backends.find((each) => each.name === name);
    assert.ok(found);
    return found;
  };
  const call = async (host: string, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { status, body } = await callAs(host, port, headers);
    return status === 200 ? body : `status ${status}`;
  };
  const calls = async (host: string, headers: readonly Readonly<Record<string, string>>[]): Promise<string[]> => {
    const answers: string[] = [];
    for (const each of headers) answers.push(await call(host, each));
    return answers;
  };

  before(async () => {
    backends = await Promise.all(NAMES.map(backendCalled));
    port = await freePort();
    service = await startService();
    await apply(service.url, documents());
    const locality = { region: 'r1', zone: 'z1', subzone: '' };
    envoy = await startEnvoy({ bootstrap: bootstrapFor(service.url, { locality }) });
    await envoy.ready(20_000);
    for (const host of ['places.test', 'users.test']) {
      await waitUntil(async () => !(await call(host)).startsWith('status'), { what: host, timeoutMs: 20_000 });
    }
  });
  after(async () => {
    await envoy.stop();
    await service.stop();
    await Promise.all(backends.map((server) => server.stop()));
  });

  test('LB-4: while instances of the proxy’s own region are well, no other is asked', async () => {
    const answers = await calls(
      'places.test',
      Array.from({ length: 20 }, () => ({})),
    );
    assert.deepEqual([...new Set(answers)], ['near']);
  });

  test('LB-2: an instance that fails is ejected, and its region fails over to the next; when it is well it serves again', async () => {
    named('near').isIll = true;
    await waitUntil(async () => (await call('places.test')) === 'far', { what: 'failover', timeoutMs: 20_000 });
    const answers = await calls(
      'places.test',
      Array.from({ length: 10 }, () => ({})),
    );
    assert.ok(answers.filter((answer) => answer === 'far').length >= 8, answers.join());
    named('near').isIll = false;
    await waitUntil(async () => (await call('places.test')) === 'near', { what: 'the way back', timeoutMs: 30_000 });
  });

  test('LB-15, LB-17: who sends the same header meets the same instance, and others meet others', async () => {
    const users = Array.from({ length: 40 }, (_, index) => ({ 'x-user': `user-${index}` }));
    const first = await calls('users.test', users);
    assert.deepEqual(await calls('users.test', users), first);
    assert.deepEqual([...new Set(first)].sort(), ['a', 'b', 'c']);
  });

  function documents(): string {
    const endpoint = (name: (typeof NAMES)[number], locality = ''): string =>
      `{ address: 127.0.0.1, ports: { http: ${named(name).port} }${locality === '' ? '' : `, locality: ${locality}`} }`;
    const entry = (host: string, endpoints: readonly string[], policy: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${host.split('.')[0] ?? ''}, namespace: default }
spec:
  hosts: [${host}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ name: http, number: ${port}, protocol: HTTP }]
  endpoints: [${endpoints.join(', ')}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${host.split('.')[0] ?? ''}, namespace: default }
spec: { host: ${host}, trafficPolicy: ${policy} }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${host.split('.')[0] ?? ''}, namespace: default }
spec: { hosts: [${host}], http: [{ route: [{ destination: { host: ${host} } }], retries: { attempts: 0 } }] }
`;
    const ejects =
      '{ outlierDetection: { consecutive5xxErrors: 1, interval: 1s, baseEjectionTime: 2s, maxEjectionPercent: 100 } }';
    return [
      entry('places.test', [endpoint('near', 'r1/z1'), endpoint('far', 'r2/z1')], ejects),
      entry(
        'users.test',
        [endpoint('a'), endpoint('b'), endpoint('c')],
        '{ loadBalancer: { consistentHash: { httpHeaderName: x-user } } }',
      ),
    ].join('---');
  }
});
