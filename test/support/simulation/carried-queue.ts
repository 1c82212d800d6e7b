import { MAX_RECEIVES } from '../../../lib/ports/queue.ts';
import type { BuildShardParts } from '../../../functions/build-shard.ts';
import { buildShardFunction } from '../../../functions/build-shard.ts';
import type { ShardMessage } from '../../../lib/control/shards/shard-message.ts';
import { queueEvent } from '../lambda-events.ts';
import type { NetworkPorts } from './ask.ts';
import type { Happening } from './history.ts';
import type { Pool } from './pool.ts';
import type { SendingQueue } from './weather.ts';

/** A queue with its event source: it hands messages out late, in any order, now and then twice, and again while nobody ended them. */
export interface CarriedQueue extends SendingQueue {
  /** Since when the oldest message waits that nobody has ended and that is not given up; Infinity for none. */
  oldest(): number;
}

export type ShardFunction = ReturnType<typeof buildShardFunction>;

export const shardFunction = (parts: BuildShardParts): ShardFunction => buildShardFunction(parts);

interface QueuePorts extends NetworkPorts {
  readonly note: (happening: Happening) => void;
}

const VISIBILITY_MS = 20_000;
const LONGEST_DELIVERY_MS = 3_000;
const BUSY_MS = 500;

interface Message {
  readonly body: unknown;
  readonly sentAt: number;
  receives: number;
  isEnded: boolean;
}

export function carriedQueue({ time, random, note }: QueuePorts, builders: () => Pool<ShardFunction>): CarriedQueue {
  const held = new Set<Message>();
  const end = (message: Message): void => {
    message.isEnded = true;
    held.delete(message);
  };
  const handOut = (message: Message): void => {
    if (message.isEnded) return;
    if (message.receives >= MAX_RECEIVES) {
      note({ what: 'dead-letter', viewKeys: (message.body as ShardMessage).viewKeys });
      return end(message);
    }
    const slot = builders().idle();
    if (slot === undefined) return time.after(BUSY_MS, () => handOut(message));
    message.receives += 1;
    slot.isBusy = true;
    // Hidden from here on, and handed out again when that is over, whoever is still at it.
    time.after(VISIBILITY_MS, () => handOut(message));
    slot.machine
      .run(() => slot.app(queueEvent(message)))
      .then(({ batchItemFailures }) => {
        const isRemovalLost = random.fraction() < 0.1;
        if (batchItemFailures.length === 0 && !isRemovalLost) end(message);
      })
      .catch(() => undefined) // it died: nobody ended the message
      .finally(() => (slot.isBusy = false));
  };
  return {
    async sendAll(messages) {
      for (const body of messages) {
        const message: Message = { body, sentAt: time.now(), receives: 0, isEnded: false };
        held.add(message);
        const copies = random.fraction() < 0.2 ? 2 : 1;
        for (let copy = 0; copy < copies; copy += 1)
          time.after(random.below(LONGEST_DELIVERY_MS), () => handOut(message));
      }
    },
    oldest: () => Math.min(Infinity, ...[...held].map(({ sentAt }) => sentAt)),
  };
}
