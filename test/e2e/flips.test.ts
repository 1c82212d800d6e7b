import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyStatus } from '../../lib/control/status/proxy-status.ts';
import { freePorts } from '../../tools/support/free-port.ts';
import { startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { flippedMesh } from '../support/flipped-mesh.ts';
import { backend, bootstrapFor, callAs, startService } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { quickPolls, withQuickPolls } from '../support/quick-polls.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { steadyLoad } from '../support/steady-load.ts';

// `npm run soak` runs more of them.
const FLIPS = Number(process.env['PILOTLESS_FLIPS'] ?? 50);
const SEED = Number(process.env['PILOTLESS_SEED'] ?? 20_261);
const PER_SECOND = 200;
const DELAY = '0.1s';
const host = 'reviews.default.svc.cluster.local';

test(
  `SNAP-4: ${FLIPS} random flips at ${PER_SECOND} requests a second lose none (seed ${SEED})`,
  await need('envoy'),
  async (t) => {
    const random = seededRandom(SEED);
    const servers = await Promise.all(['v1', 'v1', 'v2', 'v2'].map(backend));
    const [a = 0, b = 0, c = 0, d = 0] = servers.map(({ port }) => port);
    const live = { port: await freePorts(2), v1: [a, b], v2: [c, d] } as const;
    const service = await startService();
    const polls = await quickPolls(service.url, DELAY);
    await flip();
    const envoy = await startEnvoy({ bootstrap: withQuickPolls(bootstrapFor(polls.url), DELAY) });
    t.after(async () => {
      await envoy.stop();
      await Promise.all([...servers, polls].map((server) => server.stop()));
      await service.stop();
    });
    await envoy.ready(20_000);
    await waitUntil(async () => (await callAs(host, live.port)).status === 200, { what: 'traffic', timeoutMs: 20_000 });

    const load = steadyLoad({ host, port: live.port, perSecond: PER_SECOND });
    t.after(() => load.stop());
    let newest: ProxyStatus | undefined;
    let forced = 0;
    for (let index = 0; index < FLIPS; index += 1) {
      const revision = await flip();
      // Most flips arrive before the next one comes; the others are overtaken while the proxy is at any step of them.
      const isOvertaken = random.below(3) === 0;
      const seen = polls.answered();
      const enough = seen + 1 + random.below(40);
      await waitUntil(async () => (isOvertaken && polls.answered() >= enough) || isDone(await proxy(), revision), {
        what: `flip ${index} of seed ${SEED} to arrive`,
        timeoutMs: 30_000,
        detail: () => JSON.stringify(newest, undefined, 1),
      });
      if (Object.values((await proxy()).types).some((type) => type.forced)) forced += 1;
      assert.deepEqual([...load.failures()], [], `after flip ${index} of seed ${SEED}`);
    }
    await load.stop();
    assert.deepEqual([...load.failures()], []);
    assert.ok(load.finished() > FLIPS, `${load.finished()} requests`);
    assert.equal(forced, 0, 'nothing was given to the proxy before it was ready');
    t.diagnostic(`${load.finished()} requests, ${polls.answered()} polls, ${polls.sent.length} of them sent something`);

    async function flip(): Promise<number> {
      const answer = await fetch(`${service.url}/v1/apply?prune=${encodeURIComponent('flip=yes')}`, {
        method: 'POST',
        body: flippedMesh(random, live),
      });
      const body = await answer.text();
      assert.equal(answer.status, 200, body);
      return (JSON.parse(body) as { revision: number }).revision;
    }
    async function proxy(): Promise<ProxyStatus> {
      newest = (await (await fetch(`${service.url}/v1/proxies/client.default`)).json()) as ProxyStatus;
      return newest;
    }
  },
);

const isDone = ({ status, revision }: ProxyStatus, wanted: number): boolean =>
  status === 'SYNCED' && revision >= wanted;
