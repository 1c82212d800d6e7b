import { triggerOf } from '../lib/control/build/build-triggers.ts';
import type { FetchReport, WhichSecrets } from '../lib/control/config/fetch-secrets.ts';
import type { Log } from '../lib/ports/log.ts';
import type { RecordKey } from '../lib/ports/records.ts';

/** Fetches the values of Secrets that others keep, in a process that lives long and has the store for itself. */
export interface SecretLoop {
  /** Told of a record that was written: fetches what an upload named for the first time. */
  noteWritten(key: RecordKey): void;
  /** Fetches everything now, and again and again. */
  start(): void;
  /** Resolves when nothing is under way and nothing will start. */
  stop(): Promise<void>;
}

const PERIOD_MS = 5 * 60_000;

export function secretLoop(fetch: (which: WhichSecrets) => Promise<FetchReport>, log: Log): SecretLoop {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let newest: Promise<void> = Promise.resolve();
  /** One after another: two rounds at once would write the same values twice. */
  const run = (which: WhichSecrets): void => {
    newest = newest.then(async () => {
      if (isStopped) return;
      await fetch(which).catch((error: unknown) => log.error('fetch-secrets-failed', { error }));
    });
  };
  return {
    noteWritten(key) {
      if (triggerOf(key) === 'config') run('never-asked');
    },
    start() {
      run('all');
      timer = setInterval(() => run('all'), PERIOD_MS);
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await newest;
    },
  };
}
