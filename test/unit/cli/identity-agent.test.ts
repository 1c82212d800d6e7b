import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DurationMs, epochMs } from '../../../lib/base/brand.ts';
import { renewalDelay } from '../../../lib/base/renewal-delay.ts';
import { type Requested, runIdentityAgent } from '../../../lib/cli/identity-agent.ts';
import type { WorkloadFiles } from '../../../lib/cli/identity-files.ts';
import { testPair } from '../../support/test-certificates.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-01-01T00:00:00Z');

/** What a certificate is that the authority signed at this time for so many hours; it dates certificates back by two minutes. */
function files(signedAt: number, hours: number): WorkloadFiles {
  const pair = testPair({
    name: 'reviews',
    notBefore: new Date(signedAt - 120_000).toISOString(),
    notAfter: new Date(signedAt + hours * HOUR).toISOString(),
  });
  return { certificate: pair.certificate, key: pair.key, roots: pair.certificate };
}

interface Played {
  readonly waited: readonly number[];
  readonly events: readonly string[];
  readonly held: readonly boolean[];
  readonly failure: string | undefined;
}

/** Runs the agent over these answers on a clock that goes on only while it sleeps, and stops it after the last. */
async function play(
  answers: readonly ((now: number) => Requested)[],
  { found, chance = 0.5 }: { readonly found?: WorkloadFiles; readonly chance?: number } = {},
): Promise<Played> {
  const [waited, events, held]: [number[], string[], boolean[]] = [[], [], []];
  const left = [...answers];
  let now = START;
  const run = runIdentityAgent({
    request: async (good) => {
      held.push(good !== undefined);
      const answer = left.shift();
      if (!answer) throw new Error('nobody asks once the agent is stopped');
      return answer(now);
    },
    read: () => found,
    write: () => undefined,
    tell: (event) => void events.push(event),
    now: () => epochMs(now),
    sleep: async (duration: DurationMs) => {
      waited.push(duration);
      now += duration;
    },
    chance: () => chance,
    isStopped: () => left.length === 0,
  });
  const failure = await run.then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
  return { waited, events, held, failure };
}

const issued =
  (hours: number) =>
  (now: number): Requested => ({ is: 'issued', identity: 'spiffe://a/ns/b/sa/c', files: files(now, hours) });
const unreachable = (): Requested => ({ is: 'unreachable', reason: 'no connection' });
const refused = (): Requested => ({ is: 'refused', reason: 'no' });

test('CA-18: a certificate is renewed at half of its life, a hundredth earlier or later, and at once when that is past', () => {
  const life = { signedAt: epochMs(0), notAfter: epochMs(100_000) };
  assert.deepEqual(
    [0, 0.5, 1].map((chance) => renewalDelay(life, epochMs(0), chance)),
    [51_000, 50_000, 49_000],
  );
  assert.equal(renewalDelay(life, epochMs(99_000), 0.5), 0);
  assert.equal(renewalDelay(life, epochMs(500_000), 0.5), 0);
});

test('CA-18: what is held is renewed with itself, one request after the other', async () => {
  const { waited, events, held } = await play([issued(2), issued(2)], { found: files(START, 2) });
  assert.deepEqual(waited, [HOUR, HOUR, HOUR]);
  assert.deepEqual(events, ['identity-found', 'identity-written', 'identity-written']);
  assert.deepEqual(held, [true, true]);
});

test('what cannot be renewed stays in use; attempts come after pauses that double up to five minutes', async () => {
  const failures = Array.from({ length: 11 }, () => unreachable);
  const { waited, events, failure } = await play(failures, { found: files(START, 24), chance: 1 });
  const [first = 0, ...pauses] = waited;
  assert.equal(first, 11.76 * HOUR);
  assert.deepEqual(
    pauses.map((pause) => pause / 1000),
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300],
  );
  assert.ok(events.slice(1).every((event) => event === 'identity-not-renewed'));
  assert.equal(failure, undefined);
});

test('who holds nothing waits for a service that is away, and gives up when it is refused', async () => {
  const { waited, held, failure } = await play([unreachable, refused, issued(2)]);
  assert.deepEqual(waited, [875]); // half of the part that is left to chance
  assert.deepEqual(held, [false, false]);
  assert.equal(failure, 'no certificate: no');
});

test('a certificate that has ended proves nothing', async () => {
  const { held } = await play([issued(2)], { found: files(START - 3 * HOUR, 2) });
  assert.deepEqual(held, [false]);
});
