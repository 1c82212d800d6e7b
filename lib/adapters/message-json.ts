import { MAX_MESSAGE_BYTES, MAX_RECEIVED } from '../ports/queue.ts';
import { CorruptStore, MessageTooLarge } from '../ports/store-errors.ts';

/** A message as every queue keeps it. */
export interface EncodedMessage {
  readonly json: string;
  readonly bytes: number;
}

const utf8 = new TextEncoder();

/** JSON text within the size limit, all of whose characters any queue takes: SQS refuses U+FFFE and U+FFFF. */
export function encodeMessage(message: unknown): EncodedMessage {
  const json = JSON.stringify(message) as string | undefined;
  if (json === undefined) throw new TypeError('the message is nothing that JSON can hold');
  const safe = json.replaceAll('\uFFFE', '\\ufffe').replaceAll('\uFFFF', '\\uffff');
  const bytes = utf8.encode(safe).length;
  if (bytes > MAX_MESSAGE_BYTES) throw new MessageTooLarge(bytes);
  return { json: safe, bytes };
}

export function decodeMessage(queue: string, json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    throw new CorruptStore(queue, cause);
  }
}

/** Throws a RangeError for a number of messages that nobody may ask for. */
export function checkMax(max: number): number {
  if (Number.isInteger(max) && max >= 1 && max <= MAX_RECEIVED) return max;
  throw new RangeError(`a queue hands out 1 to ${MAX_RECEIVED} messages at a time, not ${max}`);
}

const LONGEST_HIDING_SECONDS = 12 * 60 * 60;

/** A time to stay hidden, in whole seconds. */
export function checkHiding(ms: number): number {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds >= 0 && seconds <= LONGEST_HIDING_SECONDS) return seconds;
  throw new RangeError(`a message may stay hidden for 0 to ${LONGEST_HIDING_SECONDS} s, not ${seconds}`);
}
