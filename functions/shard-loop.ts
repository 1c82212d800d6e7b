import type { MemoryQueue } from '../lib/adapters/memory/memory-queue.ts';
import { durationMs } from '../lib/base/brand.ts';
import { breather } from '../lib/control/build/breather.ts';
import type { ShardBuilder } from '../lib/control/shards/shard-builder.ts';
import type { Clock } from '../lib/ports/clock.ts';
import type { Log } from '../lib/ports/log.ts';
import type { Queue, ReceivedMessage } from '../lib/ports/queue.ts';

/** Builds what is sent to the queue of this process, one message at a time; stands in for the event source of the cloud. */
export interface ShardLoop {
  /** The queue to send to: whatever is sent wakes the loop. */
  readonly queue: Pick<Queue, 'sendAll'>;
  start(shards: ShardBuilder): void;
  /** Resolves when the message that is being built is done. What is left is built anew by the next process. */
  stop(): Promise<void>;
}

export interface ShardLoopPorts {
  readonly queue: MemoryQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often the loop looks for messages that are hidden until it is time to try them again. */
const PAUSE = durationMs(250);
/** Before the second attempt, and twice as long before each further one. */
const FIRST_BACKOFF_MS = 1_000;

export function shardLoop({ queue, clock, log }: ShardLoopPorts): ShardLoop {
  let shards: ShardBuilder | undefined;
  let isStopped = false;
  let running: Promise<void> | undefined;

  const run = async (builder: ShardBuilder): Promise<void> => {
    const breathe = breather(clock); // a shard may be too short to take a breath in it
    while (!isStopped && queue.size() > 0) {
      await breathe();
      const [message] = await queue.receive(1);
      if (message === undefined) await clock.sleep(PAUSE);
      else await handle(builder, message);
    }
  };
  const handle = async (builder: ShardBuilder, { body, receives, receipt }: ReceivedMessage): Promise<void> => {
    const outcome = await builder.build(body, receives).catch((error: unknown) => {
      log.error('shard-failed', { error });
      return 'failed' as const;
    });
    if (outcome === 'failed') await queue.giveBack(receipt, durationMs(FIRST_BACKOFF_MS * 2 ** (receives - 1)));
    else await queue.remove(receipt);
  };
  const wake = (): void => {
    if (shards === undefined || isStopped || running !== undefined) return;
    running = run(shards)
      .catch((error: unknown) => log.error('shard-loop-failed', { error }))
      .finally(() => {
        running = undefined;
        if (queue.size() > 0) wake(); // sent after the loop had seen the end
      });
  };
  return {
    queue: {
      async sendAll(messages) {
        await queue.sendAll(messages);
        wake();
      },
    },
    start(builder) {
      shards = builder;
      wake();
    },
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
