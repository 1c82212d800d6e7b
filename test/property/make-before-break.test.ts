import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { servePoll } from '../../lib/delivery/serve-poll.ts';
import { newestStep } from '../../lib/delivery/trail.ts';
import {
  type ModelEnvoy,
  modelEnvoy,
  type ModelListener,
  MODEL_REFRESH,
  type ModelServer,
  modelServer,
  type ModelSnapshot,
  type Serve,
  type Treatment,
} from '../support/modelled-envoy.ts';

// `npm run soak` runs more of them.
const RUNS = Number(process.env['PILOTLESS_RUNS'] ?? 150);

const clusterNames = ['a', 'b', 'c', 'd'] as const;

/** Whole snapshots: what routes and listeners name is there and has endpoints. */
const snapshots: fc.Arbitrary<ModelSnapshot> = fc
  .record({
    clusters: fc.dictionary(
      fc.constantFrom(...clusterNames),
      fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 2 })),
      {
        minKeys: 1,
      },
    ),
    routes: fc.dictionary(fc.constantFrom('r0', 'r1', 'r2'), fc.subarray([...clusterNames])),
    listeners: fc.dictionary(
      fc.constantFrom('l0', 'l1'),
      fc.record({ routes: fc.subarray(['r0', 'r1', 'r2']), clusters: fc.subarray([...clusterNames]) }),
    ),
  })
  .map(({ clusters, routes, listeners }) => {
    const entries = Object.entries(clusters);
    const endpoints = Object.fromEntries(entries.map(([name, [, count]]) => [name, count]));
    const leadsTo = (names: readonly string[]): string[] => names.filter((name) => (endpoints[name] ?? 0) > 0);
    const kept = ({ routes: named, clusters: direct }: ModelListener): ModelListener => ({
      routes: named.filter((name) => Object.hasOwn(routes, name)),
      clusters: leadsTo(direct),
    });
    return {
      clusters: Object.fromEntries(entries.map(([name, [revision]]) => [name, revision])),
      endpoints,
      routes: Object.fromEntries(Object.entries(routes).map(([name, named]) => [name, leadsTo(named)])),
      listeners: Object.fromEntries(Object.entries(listeners).map(([name, listener]) => [name, kept(listener)])),
    };
  });

type Event =
  | { readonly event: 'publish'; readonly snapshot: ModelSnapshot }
  | { readonly event: 'poll'; readonly loop: number; readonly treatment: Treatment }
  | { readonly event: 'restart' };

const polls: fc.Arbitrary<Event> = fc.record({
  event: fc.constant('poll' as const),
  loop: fc.nat({ max: 30 }),
  treatment: fc.oneof(
    { weight: 9, arbitrary: fc.constant<Treatment>('take') },
    { weight: 1, arbitrary: fc.constantFrom<Treatment>('lose', 'refuse', 'refuse-in-part') },
  ),
});
const events: fc.Arbitrary<readonly Event[]> = snapshots.chain((first) =>
  fc
    .array(
      fc.oneof(
        { weight: 60, arbitrary: polls },
        // Often back to the same: what was taken away and comes again is the hard part.
        {
          weight: 6,
          arbitrary: fc.oneof(snapshots, fc.constant(first)).map((snapshot): Event => ({ event: 'publish', snapshot })),
        },
        { weight: 1, arbitrary: fc.constant<Event>({ event: 'restart' }) },
      ),
      { maxLength: 120, size: 'max' },
    )
    .map((list) => [{ event: 'publish', snapshot: first }, ...list]),
);

interface Played {
  readonly server: ModelServer;
  readonly envoy: ModelEnvoy;
  readonly newest: ModelSnapshot;
}

/** Plays the events; after each one nothing that the proxy runs may lead nowhere. */
function play(list: readonly Event[], serve: Serve): Played {
  const [first] = list;
  assert.ok(first?.event === 'publish');
  const server = modelServer(first.snapshot, serve);
  const envoy = modelEnvoy(server);
  let newest = first.snapshot;
  list.forEach((event, index) => {
    server.now += 1;
    switch (event.event) {
      case 'publish':
        while (envoy.isStarting()) for (const loop of envoy.loops()) envoy.poll(loop);
        newest = event.snapshot;
        server.publish(newest);
        break;
      case 'restart':
        envoy.restart();
        break;
      case 'poll': {
        const loops = envoy.loops();
        envoy.poll(loops[event.loop % loops.length] ?? 'clusters', event.treatment);
      }
    }
    assert.deepEqual(envoy.broken(), [], `after event ${index}`);
  });
  return { server, envoy, newest };
}

/** Lets every loop poll, one round after another, each round as long as Envoy's slowest poll. */
function settle({ server, envoy }: Played, rounds: number): void {
  for (let round = 0; round < rounds; round += 1) {
    server.now += 2 * MODEL_REFRESH;
    for (const loop of envoy.loops()) if (envoy.loops().includes(loop)) envoy.poll(loop);
    assert.deepEqual(envoy.broken(), [], `in round ${round}`);
  }
}

test('SNAP-3: no proxy ever runs a route or a listener whose clusters it does not have', () => {
  fc.assert(
    fc.property(events, (list) => void play(list, servePoll)),
    { numRuns: RUNS },
  );
});

test('SNAP-3: every proxy comes to run exactly the newest, and then one step is all that is remembered', () => {
  fc.assert(
    fc.property(events, (list) => {
      const played = play(list, servePoll);
      settle(played, 14);
      assert.deepEqual(played.envoy.differences(played.newest), []);
      const { trail } = played.server.standing;
      assert.equal(trail?.steps.length, 1, JSON.stringify(trail));
      assert.equal(newestStep(trail).manifest, played.server.newest);
    }),
    { numRuns: RUNS },
  );
});

/** Answers with the newest at once, as a control plane does that keeps no order. */
const withoutGate: Serve = (standing, poll, contentsOf) => {
  const served = servePoll(standing, poll, contentsOf);
  const current = contentsOf(poll.newest).versionOf([poll.type, ...poll.names].join('/'));
  const isHeld =
    (poll.type === 'routes' || poll.type === 'listeners') && current !== undefined && current !== poll.carried;
  return isHeld ? { ...served, versionInfo: current, from: [poll.newest] } : served;
};

/** Takes clusters away as soon as the newest snapshot lacks them. */
const withoutUnion: Serve = (standing, poll, contentsOf) => {
  const served = servePoll(standing, poll, contentsOf);
  return poll.type === 'clusters' && served.from.length > 1 ? { ...served, from: [poll.newest] } : served;
};

/** Takes the last endpoint away as soon as the newest snapshot lacks it. */
const withoutLastEndpoint: Serve = (standing, poll, contentsOf) => {
  const served = servePoll(standing, poll, contentsOf);
  const current = contentsOf(poll.newest).versionOf([poll.type, ...poll.names].join('/'));
  const isHeld =
    poll.type === 'endpoints' && current !== undefined && served.from.length === 0 && current !== poll.carried;
  return isHeld ? { ...served, versionInfo: current, from: [poll.newest] } : served;
};

for (const [name, mutant] of Object.entries({ withoutGate, withoutUnion, withoutLastEndpoint })) {
  test(`SNAP-3: the property finds a control plane ${name}`, () => {
    const { failed } = fc.check(
      fc.property(events, (list) => void play(list, mutant)),
      { numRuns: 2_000, endOnFailure: true },
    );
    assert.ok(failed);
  });
}
