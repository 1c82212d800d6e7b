import type { Brand, DurationMs } from '../base/brand.ts';

/** The largest message, in bytes of its JSON in UTF-8, that every queue holds; a larger one throws MessageTooLarge. */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/** The most messages that one `receive` answers. */
export const MAX_RECEIVED = 10;

/** How often a message is handed out before it goes to the dead letters. */
export const MAX_RECEIVES = 4;

/** Proof of one hand-over of one message; the next hand-over makes it void. */
export type Receipt = Brand<string, 'Receipt'>;
export const receipt = (token: string): Receipt => token as Receipt;

export interface ReceivedMessage {
  readonly body: unknown;
  /** How often it was handed out, this time included: 1 to MAX_RECEIVES. */
  readonly receives: number;
  readonly receipt: Receipt;
}

/**
 * JSON messages from whoever has work to whoever does it (SQS in the cloud). Contract:
 * - At least once: a message that was sent is received until it is removed, in any order, now and then twice at a time.
 * - `sendAll` takes any number of messages; when it returns, all are kept durably. When it throws, any part of them may have been
 *   sent: the caller sends all again, and its receivers bear duplicates anyway.
 * - `receive` answers what is there at this moment, up to `max` (1 to MAX_RECEIVED), and does not wait; it may answer fewer than there
 *   are. What it answered stays hidden from others for the queue's visibility time, and is handed out again after it.
 * - `remove` ends a message. With a receipt that is void it is success, and may leave the message to whoever has it now.
 * - `giveBack` hands the message out again after `after` (0 to 12 h, in whole seconds, rounded up), instead of after the visibility
 *   time; with a void receipt it changes nothing.
 * - A message that was handed out MAX_RECEIVES times without being removed goes to the dead letters, which are a queue of
 *   their own, at its next turn; it is never handed out here again, and holds nobody else up.
 */
export interface Queue {
  sendAll(messages: readonly unknown[]): Promise<void>;
  receive(max: number): Promise<readonly ReceivedMessage[]>;
  remove(receipt: Receipt): Promise<void>;
  giveBack(receipt: Receipt, after: DurationMs): Promise<void>;
}
