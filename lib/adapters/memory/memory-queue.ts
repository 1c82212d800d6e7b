import { durationMs, type DurationMs, type EpochMs, plus } from '../../base/brand.ts';
import type { Clock } from '../../ports/clock.ts';
import { MAX_RECEIVES, type Queue, receipt, type ReceivedMessage } from '../../ports/queue.ts';
import { checkHiding, checkMax, decodeMessage, encodeMessage } from '../message-json.ts';

export interface MemoryQueueOptions {
  /** How long a message that was handed out stays hidden. */
  readonly visibility: DurationMs;
  /** Where messages go that nobody could deal with; without it they stay. */
  readonly deadLetters?: Pick<Queue, 'sendAll'>;
}

/** A queue that says whether all is done, for a process that sends and receives itself. */
export interface MemoryQueue extends Queue {
  /** Messages that were not removed, hidden ones included. */
  size(): number;
}

interface Held {
  readonly json: string;
  readonly receives: number;
  readonly visibleAt: EpochMs;
  readonly receipt: string;
}

/** A queue that lives as long as the process, for tests and `serve`: what was in it is built anew after a start. Oldest message first. */
export function memoryQueue(clock: Pick<Clock, 'now'>, { visibility, deadLetters }: MemoryQueueOptions): MemoryQueue {
  const held = new Map<number, Held>();
  let last = 0;
  const add = (json: string): void => {
    last += 1;
    held.set(last, { json, receives: 0, visibleAt: clock.now(), receipt: '' });
  };
  const withReceipt = (token: string): number | undefined => {
    const id = Number(token.split('#')[0]);
    return held.get(id)?.receipt === token ? id : undefined;
  };
  const handOut = (id: number, { json, receives }: Held): ReceivedMessage => {
    const token = `${id}#${receives + 1}`;
    held.set(id, { json, receives: receives + 1, visibleAt: plus(clock.now(), visibility), receipt: token });
    return { body: decodeMessage('memory', json), receives: receives + 1, receipt: receipt(token) };
  };
  return {
    async sendAll(messages) {
      for (const { json } of messages.map(encodeMessage)) add(json);
    },
    async receive(max) {
      checkMax(max);
      const received: ReceivedMessage[] = [];
      for (const [id, message] of held) {
        if (received.length === max) break;
        if (message.visibleAt > clock.now()) continue;
        if (deadLetters !== undefined && message.receives >= MAX_RECEIVES) {
          held.delete(id);
          await deadLetters.sendAll([decodeMessage('memory', message.json)]);
        } else received.push(handOut(id, message));
      }
      return received;
    },
    async remove(token) {
      const id = withReceipt(token);
      if (id !== undefined) held.delete(id);
    },
    async giveBack(token, after) {
      const seconds = checkHiding(after);
      const id = withReceipt(token);
      const message = id === undefined ? undefined : held.get(id);
      if (id === undefined || message === undefined) return;
      held.set(id, { ...message, visibleAt: plus(clock.now(), durationMs(seconds * 1_000)) });
    },
    size: () => held.size,
  };
}
