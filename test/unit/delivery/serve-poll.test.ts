import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, epochMs } from '../../../lib/base/brand.ts';
import { holdLimit, holdOf } from '../../../lib/delivery/order-polls.ts';
import { isAtRest, type SeenPoll } from '../../../lib/delivery/serve-poll.ts';
import {
  type ModelEnvoy,
  modelEnvoy,
  MODEL_REFRESH,
  type ModelServer,
  modelServer,
  type ModelSnapshot,
} from '../../support/modelled-envoy.ts';

/** One listener, one route to the clusters named, all of which have an endpoint. */
function routeTo(...clusters: readonly string[]): ModelSnapshot {
  const each = <T>(value: T): Record<string, T> => Object.fromEntries(clusters.map((name) => [name, value]));
  return {
    clusters: each(0),
    endpoints: each(1),
    routes: { r: clusters },
    listeners: { l: { routes: ['r'], clusters: [] } },
  };
}

/** A proxy that runs a snapshot, every loop of it at rest. */
function settled(snapshot: ModelSnapshot): { readonly server: ModelServer; readonly envoy: ModelEnvoy } {
  const server = modelServer(snapshot);
  const envoy = modelEnvoy(server);
  for (let round = 0; round < 6; round += 1) for (const loop of envoy.loops()) envoy.poll(loop);
  assert.deepEqual(envoy.differences(snapshot), []);
  return { server, envoy };
}

test('SNAP-3, PX-14: a route waits for its clusters and they for the route, poll by poll', () => {
  const { server, envoy } = settled(routeTo('a'));
  server.publish(routeTo('b'));
  envoy.poll('routes/r'); // held: nothing shows that b is there
  envoy.poll('clusters'); // a and b
  envoy.poll('routes/r'); // held: b is not shown
  envoy.poll('endpoints/b');
  envoy.poll('clusters'); // shows a and b
  envoy.poll('endpoints/b'); // shows that b is warm
  assert.ok(envoy.differences(routeTo('b')).some((text) => text.startsWith('routes')));
  envoy.poll('routes/r'); // b
  envoy.poll('clusters'); // a stays: the route has not been shown
  assert.ok(envoy.differences(routeTo('b')).some((text) => text.startsWith('clusters')));
  envoy.poll('routes/r'); // shows b
  envoy.poll('clusters'); // b alone
  assert.deepEqual(envoy.differences(routeTo('b')), []);
});

test('SNAP-3: a change of routes alone waits for nothing', () => {
  const { server, envoy } = settled({ ...routeTo('a', 'b'), routes: { r: ['a'] } });
  server.publish({ ...routeTo('a', 'b'), routes: { r: ['b'] } });
  envoy.poll('routes/r');
  assert.deepEqual(envoy.differences({ ...routeTo('a', 'b'), routes: { r: ['b'] } }), []);
});

test('SNAP-3: a proxy that never takes its clusters gets the newest after the bound, and is marked', () => {
  const { server, envoy } = settled(routeTo('a'));
  server.publish(routeTo('b'));
  const poll = (): void => {
    server.now += 2 * MODEL_REFRESH;
    envoy.poll('clusters', 'refuse');
    envoy.poll('routes/r');
  };
  const hold = () => holdOf(server.standing.trail, 'routes/r');
  poll();
  assert.deepEqual(hold(), { heldSince: server.now, isForced: false });
  const polls = holdLimit(MODEL_REFRESH) / (2 * MODEL_REFRESH);
  for (let count = 0; count < polls; count += 1) poll();
  assert.equal(hold().isForced, false);
  poll();
  assert.deepEqual(hold(), { isForced: true });
  assert.deepEqual(envoy.broken(), ['route r -> b']);
  for (const loop of ['clusters', 'endpoints/b', 'clusters', 'endpoints/b']) envoy.poll(loop);
  assert.equal(hold().isForced, false);
  assert.deepEqual(envoy.broken(), []);
});

test('DLV-5: an echo of clusters that were refused releases no route before the bound', () => {
  const { server, envoy } = settled(routeTo('a'));
  server.publish(routeTo('b'));
  envoy.poll('clusters', 'refuse');
  envoy.poll('clusters', 'echo');
  for (let count = 0; count < 5; count += 1) {
    server.now += MODEL_REFRESH;
    envoy.poll('clusters', 'echo');
    envoy.poll('routes/r');
  }
  assert.equal(server.standing.channels['clusters']?.rejected, server.standing.channels['clusters']?.acked);
  assert.deepEqual(server.standing.channels['clusters']?.suspects, ['b']);
  assert.deepEqual(envoy.broken(), []);
});

test('SNAP-3: after a rejection the same is sent poll by poll', () => {
  const { server, envoy } = settled(routeTo('a'));
  server.publish(routeTo('b'));
  const sent = new Set<string | undefined>();
  for (let count = 0; count < 5; count += 1) {
    envoy.poll('clusters', 'refuse');
    envoy.poll('routes/r');
    sent.add(server.standing.channels['clusters']?.sent);
  }
  assert.equal(sent.size, 1);
});

test('SNAP-2: equal sets of clusters have equal versions, whatever steps they are made of', () => {
  const versionAfter = (...snapshots: readonly ModelSnapshot[]): string | undefined => {
    const { server, envoy } = settled(routeTo('a'));
    for (const snapshot of snapshots) {
      server.publish(snapshot);
      envoy.poll('clusters', 'lose');
    }
    return server.standing.channels['clusters']?.sent;
  };
  const both = versionAfter(routeTo('b'));
  assert.equal(versionAfter(routeTo('a', 'b')), both);
  assert.equal(versionAfter(routeTo('c'), routeTo('b')), both);
});

test('DLV-1: a poll at rest is answered without a look at any step, and leaves everything as it is', () => {
  const { server } = settled(routeTo('a'));
  const { standing, newest } = server;
  for (const [type, names] of [
    ['clusters', []],
    ['listeners', []],
    ['routes', ['r']],
    ['endpoints', ['a']],
  ] as const) {
    const carried = standing.channels[[type, ...names].join('/')]?.sent ?? assert.fail();
    const poll: SeenPoll = {
      type,
      names,
      carried,
      newest,
      now: epochMs(9),
      refresh: MODEL_REFRESH,
      slack: durationMs(0),
    };
    assert.equal(isAtRest(standing, poll, carried as Parameters<typeof isAtRest>[2]), true, type);
    server.answer(type, names, carried);
    assert.deepEqual(server.standing.trail, standing.trail, type);
  }
});
