import { idleClock } from '../lib/adapters/system/clock.ts';
import { type DurationMs, durationMs } from '../lib/base/brand.ts';
import type { Keeper } from '../lib/control/sweep/keeper.ts';
import { leaderElection } from '../lib/control/lead/leader-election.ts';
import type { LeaderHealth } from '../lib/control/lead/leader-health.ts';
import { leaseCandidate } from '../lib/control/lead/lease-candidate.ts';
import { KEEPER_LEASE } from '../lib/control/lead/lease.ts';
import type { Clock } from '../lib/ports/clock.ts';
import type { Log } from '../lib/ports/log.ts';
import type { Records } from '../lib/ports/records.ts';

export interface KeepingParts {
  readonly keeper: Keeper;
  readonly records: Records;
  readonly log: Log;
  readonly health: LeaderHealth;
  readonly holder: string;
}

/** Keeps the store clean in a process that lives long, while it leads; stands in for the timer of the cloud. */
export interface Keeping {
  /** Resolves when no step is under way and the lease is given back. */
  stop(): Promise<void>;
}

export function startKeeping({ keeper, records, log, health, holder }: KeepingParts): Keeping {
  const clock = idleClock();
  const stopped = new AbortController();
  const candidate = leaseCandidate({ records, clock, log }, KEEPER_LEASE, {
    ...{ identity: holder, key: '', mayTakeFrom: () => false },
  });
  health.watch(KEEPER_LEASE.id, candidate);
  let rounds: Promise<void> = Promise.resolve();
  const election = leaderElection({ candidate, clock, log, chance: Math.random }).addRunFunction((stop) => {
    rounds = keepingRounds({ keeper, clock, log }, stop);
    return rounds;
  });
  // Without its lease nobody keeps the store; polls and builds go on.
  const campaign = election.run(stopped.signal).catch((error: unknown) => log.error('keeper-failed', { error }));
  return {
    async stop() {
      stopped.abort();
      await campaign;
      await rounds;
    },
  };
}

/** A process that has just started has better things to do. */
const FIRST_PAUSE: DurationMs = durationMs(5 * 60_000);
const PAUSE: DurationMs = durationMs(60 * 60_000);

interface Rounds extends Pick<KeepingParts, 'keeper' | 'log'> {
  readonly clock: Clock;
}

async function keepingRounds({ keeper, clock, log }: Rounds, stop: AbortSignal): Promise<void> {
  for (let pause = FIRST_PAUSE; !stop.aborted; pause = PAUSE) {
    await Promise.race([clock.sleep(pause), aborted(stop)]);
    try {
      for (let isDone = false; !isDone && !stop.aborted;) isDone = await keeper.step();
    } catch (error) {
      log.error('sweep-failed', { error }); // the next round begins where this one ended
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
