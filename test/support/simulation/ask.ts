import type { SeededRandom } from '../seeded-random.ts';
import type { Slot } from './pool.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What a process says to one request. */
export interface GivenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What whoever asked comes to know: a status of 502 when the process died, 504 when nothing came in time. */
export interface HttpAnswer extends GivenAnswer {
  readonly machine: string;
}

export interface NetworkPorts {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
}

const PATIENCE_MS = 15_000;
const LATENCY_MS = 30;

/** One request over the network; whoever asks waits no longer than its patience, while the process may go on. */
export function ask<App>(
  { time, random }: NetworkPorts,
  slot: Slot<App> | undefined,
  call: (app: App) => Promise<GivenAnswer>,
): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const answer = (status: number, rest: Partial<GivenAnswer> = {}): void =>
      resolve({ headers: {}, body: '', ...rest, status, machine: slot?.machine.name ?? 'nobody' });
    time.after(PATIENCE_MS, () => answer(504));
    if (slot === undefined) return time.after(random.below(LATENCY_MS), () => answer(502));
    const { machine, app } = slot;
    time.after(random.below(LATENCY_MS), () => {
      machine
        .run(() => call(app))
        .then(
          (given) => time.after(random.below(LATENCY_MS), () => answer(given.status, given)),
          () => answer(502),
        );
    });
  });
}
