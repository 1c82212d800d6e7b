import { triggerOf } from '../lib/control/build/build-triggers.ts';
import type { Builder } from '../lib/control/build/build-views.ts';
import type { Log } from '../lib/ports/log.ts';
import type { RecordKey } from '../lib/ports/records.ts';

/** Builds when told that something changed, and again after a while when a build failed; stands in for the stream of the cloud. */
export interface BuildLoop {
  wake(trigger: string): void;
  /** Told of a record that was written: wakes if that is an input of builds. */
  noteWritten(key: RecordKey): void;
  /** Resolves when no build is under way and none will start. */
  stop(): Promise<void>;
}

const RETRY_MS = 2_000;

export function buildLoop(builder: Pick<Builder, 'build'>, log: Log): BuildLoop {
  let isStopped = false;
  let retry: NodeJS.Timeout | undefined;
  let newest: Promise<void> = Promise.resolve();

  const wake = (trigger: string): void => {
    if (isStopped) return;
    clearTimeout(retry);
    newest = builder.build(trigger).then(
      () => undefined,
      (error: unknown) => {
        log.error('build-failed', { trigger, error });
        if (!isStopped) retry = setTimeout(() => wake('retry'), RETRY_MS);
      },
    );
  };
  return {
    wake,
    noteWritten(key) {
      const trigger = triggerOf(key);
      if (trigger !== undefined) wake(trigger);
    },
    async stop() {
      isStopped = true;
      clearTimeout(retry);
      await newest;
    },
  };
}
