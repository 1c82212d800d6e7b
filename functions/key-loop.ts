import { triggerOf } from '../lib/control/build/build-triggers.ts';
import type { Log } from '../lib/ports/log.ts';
import type { RecordKey } from '../lib/ports/records.ts';

/** Fetches the keys of issuers of tokens, in a process that lives long and has the store for itself. */
export interface KeyLoop {
  /** Told of a record that was written: fetches keys that an upload named for the first time. */
  noteWritten(key: RecordKey): void;
  /** Fetches what is due now, and again and again. */
  start(): void;
  /** Resolves when nothing is under way and nothing will start. */
  stop(): Promise<void>;
}

/** The shortest time after which something can be due again (JWKS-8). */
const PERIOD_MS = 60_000;

export function keyLoop(refresh: () => Promise<unknown>, log: Log): KeyLoop {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let newest: Promise<void> = Promise.resolve();
  /** One after another: of two rounds at once one would fetch for nothing. */
  const run = (): void => {
    newest = newest.then(async () => {
      if (isStopped) return;
      await refresh().catch((error: unknown) => log.error('refresh-keys-failed', { error }));
    });
  };
  return {
    noteWritten(key) {
      if (triggerOf(key) === 'config') run();
    },
    start() {
      run();
      timer = setInterval(run, PERIOD_MS);
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await newest;
    },
  };
}
