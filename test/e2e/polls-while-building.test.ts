import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLocal } from '../../functions/local.ts';
import { sentIn, serviceEntry } from '../support/delivery.ts';
import { apply } from '../support/local-mesh.ts';

// One process that serves and builds: the builds are long, and the polls must not wait for their end.

const VIEWS = 300;
const SHARD_VIEWS = 10;
const SERVICES = 2;

interface LogLine {
  readonly event: string;
  readonly revision?: number;
}

test('BLD-5: while one process builds many views in shards, polls are answered', async (t) => {
  const lines: LogLine[] = [];
  const logTo = { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) };
  const options = {
    host: '127.0.0.1',
    port: 0,
    version: 'test',
    logLevel: 'info',
    shardWork: SHARD_VIEWS * SERVICES,
  } as const;
  const local = await startLocal({ ...options, logTo });
  t.after(() => local.stop());
  await apply(local.url, serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1'));
  for (let n = 0; n < VIEWS; n += 1) await sentIn(await pollOf(local.url, n));

  const revision = await apply(local.url, serviceEntry('ratings.default.svc.cluster.local', '10.0.0.2'));
  const isBuilt = (): boolean => lines.some((line) => line.event === 'build' && line.revision === revision);
  const published = (): number => lines.filter((line) => line.event === 'publish' && line.revision === revision).length;
  let answeredMeanwhile = 0;
  for (let n = 0; !isBuilt(); n = (n + 1) % VIEWS) {
    await sentIn(await pollOf(local.url, n));
    if (published() > 0 && published() < VIEWS) answeredMeanwhile += 1;
  }
  assert.equal(published(), VIEWS);
  assert.equal(lines.filter(({ event }) => event === 'shard').length, VIEWS / SHARD_VIEWS);
  assert.ok(answeredMeanwhile > 0, 'a poll was answered between the first view and the last');
});

function pollOf(url: string, n: number): Promise<Response> {
  const id = `sidecar~10.0.0.9~client.team-${n}~team-${n}.svc.cluster.local`;
  const metadata = { NAMESPACE: `team-${n}`, INTERCEPTION_MODE: 'NONE', PILOTLESS_REFRESH: '5s' };
  const body = JSON.stringify({ node: { id, cluster: 'client', metadata } });
  return fetch(`${url}/v3/discovery:clusters`, { method: 'POST', body });
}
