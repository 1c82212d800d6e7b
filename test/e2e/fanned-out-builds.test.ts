import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceivedMessage } from '../../lib/ports/queue.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { startCloudHere } from '../support/backends.ts';
import { sentIn, serviceEntry } from '../support/delivery.ts';
import { apply } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import type { Cloud } from '../support/start-cloud.ts';

// A build that is fanned out by one function, over a queue, to others; as deployed, on a stand-in for the cloud.

const PATIENCE_MS = 60_000;
const needs = await need('ministack');
const reviews = serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1');
const ratings = serviceEntry('ratings.default.svc.cluster.local', '10.0.0.2');
const NEW_CLUSTER = 'outbound|80||ratings.default.svc.cluster.local';
/** Each has a view of its own. */
const TEAMS = Array.from({ length: 5 }, (_, n) => `team-${n}`);

test(
  'BLD-5: functions build the shards of a build side by side, and a message that nobody can do holds up none',
  needs,
  async (t) => {
    const cloud = await startCloudHere();
    t.after(cloud.stop);
    await apply(cloud.url, reviews);
    await Promise.all(TEAMS.map(async (team) => sentIn(await pollOf(cloud, team))));
    await cloud.shardQueue.sendAll([{ not: 'a shard' }]);

    const revision = await apply(cloud.url, ratings);
    await waitUntil(() => outcomeIs(cloud, revision), {
      what: `the outcome of revision ${revision}`,
      timeoutMs: PATIENCE_MS,
      detail: () => cloud.functions.publish.output() + cloud.functions['build-shard'].output(),
    });
    for (const team of TEAMS) {
      const { resources } = await sentIn(await pollOf(cloud, team));
      assert.ok(
        resources.some(({ name }) => name === NEW_CLUSTER),
        `${team} is served revision ${revision}`,
      );
    }
    assert.match(cloud.functions.publish.output(), new RegExp(`"revision":${revision}.*"shards":5.*"event":"fan-out"`));
    const built = cloud.functions['build-shard'].output().match(/"outcome":"built".*"event":"shard"/g) ?? [];
    assert.ok(built.length >= TEAMS.length, `${built.length} shards were built by the function`);

    let dead: readonly ReceivedMessage[] = [];
    const isDead = async (): Promise<boolean> => {
      dead = await cloud.deadLetters.receive(10);
      return dead.length > 0;
    };
    await waitUntil(isDead, { what: 'the broken message among the dead letters', timeoutMs: PATIENCE_MS });
    assert.deepEqual(
      dead.map(({ body }) => body),
      [{ not: 'a shard' }],
    );
  },
);

function pollOf({ url }: Cloud, team: string): Promise<Response> {
  const id = `sidecar~10.0.0.9~client.${team}~${team}.svc.cluster.local`;
  const node = {
    id,
    cluster: 'client',
    metadata: { NAMESPACE: team, INTERCEPTION_MODE: 'NONE', PILOTLESS_REFRESH: '5s' },
  };
  return fetch(`${url}/v3/discovery:clusters`, { method: 'POST', body: JSON.stringify({ node }) });
}

/** Whether the newest build that ended is that of the revision, and is without failures. */
async function outcomeIs({ url }: Cloud, wanted: number): Promise<boolean> {
  const answer = await fetch(`${url}/v1/proxies`);
  const { revision, buildFailed } = (await answer.json()) as { revision: number; buildFailed: boolean };
  return revision === wanted && !buildFailed;
}
