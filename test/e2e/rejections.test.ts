import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LocalService } from '../../functions/local.ts';
import type { ProxyStatus, TypeStatus } from '../../lib/control/status/proxy-status.ts';
import { freePort } from '../../tools/support/free-port.ts';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { apply, backend, bootstrapFor, callAs, startService, type TinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { type QuickPolls, quickPolls, withQuickPolls } from '../support/quick-polls.ts';

const DELAY = '0.2s';
const host = 'reviews.default.svc.cluster.local';

/** A service with a policy of its own; what stands in `balancer` is for Envoy to judge. */
function mesh(ports: { readonly port: number; readonly backend: number }, balancer: string): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: reviews }
spec:
  hosts: [${host}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: ${ports.port}, name: http, protocol: HTTP }]
  endpoints: [{ address: 127.0.0.1, ports: { http: ${ports.backend} } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews }
spec:
  host: ${host}
  trafficPolicy: { loadBalancer: ${balancer} }
`;
}

const SOUND = '{ simple: ROUND_ROBIN }';
const RANDOM = '{ simple: RANDOM }';
/** Istio's validation takes it; Envoy takes no ring above 8,388,608. */
const TOO_LARGE = '{ consistentHash: { httpHeaderName: x-user, ringHash: { minimumRingSize: 9000000 } } }';

describe('a real Envoy refuses what nobody else could know to be wrong', await need('envoy'), () => {
  let service: LocalService;
  let polls: QuickPolls;
  let envoy: RunningEnvoy;
  let server: TinyServer;
  let port: number;

  const clusters = async (): Promise<TypeStatus> => {
    const answer = await fetch(`${service.url}/v1/proxies/client.default`);
    return ((await answer.json()) as ProxyStatus).types['CDS'] ?? assert.fail();
  };
  const configure = (balancer: string): Promise<number> =>
    apply(service.url, mesh({ port, backend: server.port }, balancer));
  const settled = (): Promise<void> =>
    waitUntil(async () => (await clusters()).status === 'SYNCED', { what: 'SYNCED', timeoutMs: 20_000 });
  /** How many answers with clusters it takes until the rejection shows. */
  const answersUntilRejected = async (): Promise<number> => {
    const seen = polls.sent.length;
    await waitUntil(async () => (await clusters()).status === 'REJECTED', { what: 'REJECTED', timeoutMs: 20_000 });
    return polls.sent.slice(seen).filter((path) => path.endsWith(':clusters')).length;
  };

  before(async () => {
    server = await backend('ok');
    port = await freePort();
    service = await startService();
    polls = await quickPolls(service.url, DELAY);
    await configure(SOUND);
    envoy = await startEnvoy({ bootstrap: withQuickPolls(bootstrapFor(polls.url), DELAY) });
    await envoy.ready(20_000);
  });
  after(async () => {
    await envoy?.stop();
    await polls?.stop();
    await service?.stop();
    await server?.stop();
  });

  test('DLV-5: it is reported within two poll periods, with what changed as suspect, and traffic goes on', async () => {
    await settled();
    await configure(TOO_LARGE);
    const answers = await answersUntilRejected();
    assert.ok(answers <= 4, `${answers} answers`); // the one that is refused, one for each poll that shows it, and one under way
    const { suspects = [], rejected, acked } = await clusters();
    assert.deepEqual(suspects, [`outbound|${port}||${host}`]);
    assert.notEqual(rejected, acked);
    assert.equal((await callAs(host, port)).status, 200);
  });

  test('PX-15: the rejection is gone when a newer version is taken', async () => {
    await configure(RANDOM);
    await settled();
    assert.equal((await clusters()).rejected, undefined);
  });

  test('LAB-4: clusters that are refused once and then echoed without being applied stay rejected', async () => {
    const broken = '"lbPolicy":"RING_HASH","ringHashLbConfig":{"maximumRingSize":"512","minimumRingSize":"1024"}';
    polls.edit = (body) => body.replaceAll('"lbPolicy":"LEAST_REQUEST"', broken);
    await configure('{ simple: LEAST_REQUEST }');
    await answersUntilRejected();
    const echoed = async (): Promise<boolean> => {
      const { acked, rejected } = await clusters();
      return acked === rejected;
    };
    await waitUntil(echoed, { what: 'the version is echoed', timeoutMs: 20_000 });
    const { status, suspects = [] } = await clusters();
    assert.equal(status, 'REJECTED');
    assert.ok(suspects.includes(`outbound|${port}||${host}`), suspects.join());
    polls.edit = (body) => body;
    await configure(RANDOM);
    await settled();
  });
});
