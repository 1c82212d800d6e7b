import { durationMs } from '../../base/brand.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { LeaseCandidate } from './lease-candidate.ts';
import { type LeaseEpoch, leaseEpoch, RENEW_DEADLINE, RETRY_PERIOD } from './lease.ts';

/** What runs while one leads: it ends when `stop` fires, which means that the reign is over, whoever leads then. */
export type RunFunction = (stop: AbortSignal, epoch: LeaseEpoch) => Promise<void> | void;

/** Campaigns for a lease for as long as it is told to, for processes that live long. */
export interface LeaderElection {
  /** All of them start together with each win (LE-10). Chainable. */
  addRunFunction(run: RunFunction): LeaderElection;
  /** Resolves when `stop` has fired and the lease is given back. Never rejects: what a run function throws is logged. */
  run(stop: AbortSignal): Promise<void>;
  isLeader(): boolean;
  /** How often it has campaigned: 1 in its first campaign, one more after each lost reign; 0 before. */
  cycle(): number;
}

export interface ElectionOptions {
  readonly candidate: LeaseCandidate;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1, evenly spread: the random part of the pauses. */
  readonly chance: () => number;
  /** Called once with the end of each reign. */
  readonly onStoppedLeading?: () => void;
  /** False runs everything at once and writes no lease: there is nobody to agree with (LE-11). */
  readonly isEnabled?: boolean;
}

const JITTER = 0.2;

export function leaderElection(options: ElectionOptions): LeaderElection {
  const { candidate, clock, log, isEnabled = true } = options;
  const runs: RunFunction[] = [];
  let cycle = 0;
  let isRunning = false;

  const pause = (stop: AbortSignal): Promise<void> => {
    const time = durationMs(RETRY_PERIOD * (1 + JITTER * options.chance()));
    return Promise.race([clock.sleep(time), aborted(stop)]);
  };
  const start = (stop: AbortSignal, epoch: LeaseEpoch): void =>
    runs.forEach((run) => startOne(run, { stop, epoch, log }));
  /** Returns when the lease was lost to another one, could not be renewed within the deadline, or is to be given back. */
  const hold = async (stop: AbortSignal): Promise<void> => {
    let renewedAt = clock.now();
    while (!stop.aborted) {
      await pause(stop);
      const startedAt = clock.now();
      const attempt = await candidate.attempt();
      if (attempt.outcome === 'follows') return;
      if (attempt.outcome === 'leads') renewedAt = startedAt;
      else if (clock.now() - renewedAt >= RENEW_DEADLINE) return;
    }
  };
  const reign = async (stop: AbortSignal, epoch: LeaseEpoch): Promise<void> => {
    const end = new AbortController();
    log.info('lead', { identity: candidate.identity, epoch, cycle });
    start(end.signal, epoch);
    await hold(stop);
    end.abort();
    log.info('lead-ended', { identity: candidate.identity, epoch, cycle });
    options.onStoppedLeading?.();
  };
  const election: LeaderElection = {
    addRunFunction(run) {
      runs.push(run);
      return election;
    },
    async run(stop) {
      isRunning = true;
      if (!isEnabled) {
        start(stop, leaseEpoch(0));
        await aborted(stop);
      }
      while (!stop.aborted) {
        cycle += 1;
        const epoch = await win(candidate, stop, pause);
        if (epoch !== undefined) await reign(stop, epoch);
      }
      await candidate.release();
      isRunning = false;
    },
    isLeader: () => isRunning && (!isEnabled || candidate.isLeader()),
    cycle: () => cycle,
  };
  return election;
}

/** The epoch in which the candidate leads; `undefined` when it was told to stop before it did. */
async function win(
  candidate: LeaseCandidate,
  stop: AbortSignal,
  pause: (stop: AbortSignal) => Promise<void>,
): Promise<LeaseEpoch | undefined> {
  while (!stop.aborted) {
    const attempt = await candidate.attempt();
    if (attempt.outcome === 'leads') return attempt.epoch;
    await pause(stop);
  }
  return undefined;
}

function startOne(
  run: RunFunction,
  { stop, epoch, log }: { readonly stop: AbortSignal; readonly epoch: LeaseEpoch; readonly log: Log },
): void {
  void (async () => run(stop, epoch))().catch((error: unknown) => log.error('run-function-failed', { error }));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
