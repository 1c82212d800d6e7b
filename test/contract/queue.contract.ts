import assert from 'node:assert/strict';
import { durationMs } from '../../lib/base/brand.ts';
import {
  MAX_MESSAGE_BYTES,
  MAX_RECEIVED,
  MAX_RECEIVES,
  type Queue,
  type ReceivedMessage,
} from '../../lib/ports/queue.ts';
import { MessageTooLarge } from '../../lib/ports/store-errors.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { contractSuite, type Open, type Promises, type SuiteOptions } from './contract-suite.ts';

/** A queue with its dead letters. */
export interface OpenedQueue {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** Lets about a second go by, which is the visibility time of both. */
  readonly pass: () => Promise<void>;
}

/** The promises of `Queue`, checked on one adapter. */
export function queueContract(name: string, open: Open<OpenedQueue>, options: SuiteOptions = {}): void {
  contractSuite(`queue: ${name}`, { open, promises, options });
}

const AT_ONCE = durationMs(0);
const LONG = durationMs(60_000);

/** Everything that is there now, kept hidden. */
async function drain(queue: Queue): Promise<ReceivedMessage[]> {
  const all: ReceivedMessage[] = [];
  for (;;) {
    const some = await queue.receive(MAX_RECEIVED);
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function one(queue: Queue): Promise<ReceivedMessage> {
  const [message] = await queue.receive(1);
  assert.ok(message !== undefined, 'a message is there');
  return message;
}

const bodies = (messages: readonly ReceivedMessage[]): unknown[] => messages.map(({ body }) => body).sort();

const promises: Promises<OpenedQueue> = {
  'more messages than one batch holds all arrive, each handed out for the first time': async ({ queue }) => {
    const sent = Array.from({ length: 34 }, (_, n) => `message ${n}`);
    await queue.sendAll(sent);
    const received = await drain(queue);
    assert.deepEqual(bodies(received), [...sent].sort());
    assert.deepEqual(new Set(received.map(({ receives }) => receives)), new Set([1]));
  },
  'an empty queue answers at once, and sending nothing sends nothing': async ({ queue }) => {
    await queue.sendAll([]);
    assert.deepEqual(await queue.receive(MAX_RECEIVED), []);
  },
  'any JSON arrives as it was': async ({ queue }) => {
    const odd = {
      text: 'ü \u0000 \u001f \u007f \ufffd \ufffe \uffff 🂡 </x>&',
      nested: [null, 1.5, { a: [] }],
      lone: '\ud800',
    };
    await queue.sendAll([odd]);
    assert.deepEqual((await one(queue)).body, odd);
  },
  'a receive answers no more than was asked for': async ({ queue }) => {
    await queue.sendAll([1, 2, 3]);
    assert.equal((await queue.receive(2)).length, 2);
    assert.equal((await queue.receive(2)).length, 1);
  },
  'a batch of large messages goes in parts': async ({ queue }) => {
    const sent = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(MAX_MESSAGE_BYTES - 2));
    await queue.sendAll(sent);
    assert.deepEqual(bodies(await drain(queue)), sent);
  },
  'a message over the limit is refused, and so is what is no JSON; nothing of them is sent': async ({ queue }) => {
    await assert.rejects(queue.sendAll(['x', 'y'.repeat(MAX_MESSAGE_BYTES - 1)]), MessageTooLarge);
    await assert.rejects(queue.sendAll(['x', undefined]), TypeError);
    assert.deepEqual(await drain(queue), []);
  },
  'numbers outside their limits are refused': async ({ queue }) => {
    for (const max of [0, MAX_RECEIVED + 1, 1.5]) await assert.rejects(queue.receive(max), RangeError);
    await queue.sendAll([1]);
    const { receipt } = await one(queue);
    await assert.rejects(queue.giveBack(receipt, durationMs(-1_000)), RangeError);
    await assert.rejects(queue.giveBack(receipt, durationMs(43_201_000)), RangeError);
  },
  'what was handed out is hidden, and handed out again after the visibility time': async ({ queue, pass }) => {
    await queue.sendAll(['work']);
    assert.equal((await one(queue)).receives, 1);
    assert.deepEqual(await queue.receive(1), []);
    assert.deepEqual(await afterSomeTime(queue, pass), ['work', 2]);
  },
  'what was removed never comes again, however long one waits': async ({ queue, pass }) => {
    await queue.sendAll(['work']);
    const { receipt } = await one(queue);
    await queue.remove(receipt);
    await pass();
    await pass();
    assert.deepEqual(await queue.receive(1), []);
    await queue.remove(receipt); // twice is success
  },
  'what was given back comes again at once, or after the time that was given': async ({ queue, pass }) => {
    await queue.sendAll(['work']);
    await queue.giveBack((await one(queue)).receipt, AT_ONCE);
    const again = await one(queue);
    assert.equal(again.receives, 2);
    await queue.giveBack(again.receipt, LONG);
    await pass();
    await pass();
    assert.deepEqual(await queue.receive(1), []);
  },
  'a receipt is void once the message was handed out again': async ({ queue }) => {
    await queue.sendAll(['work']);
    const first = await one(queue);
    await queue.giveBack(first.receipt, AT_ONCE);
    const second = await one(queue);
    await queue.giveBack(first.receipt, AT_ONCE);
    assert.deepEqual(await queue.receive(1), [], 'the first receiver does not take it from the second');
    await queue.giveBack(second.receipt, AT_ONCE);
    assert.equal((await one(queue)).receives, 3);
  },
  'BLD-5: a poisoned message goes to the dead letters as it was, and the others are handed out': async (opened) => {
    const { queue, deadLetters } = opened;
    await queue.sendAll(['poison']);
    for (let turn = 1; turn <= MAX_RECEIVES; turn += 1) {
      const { receives, receipt } = await one(queue);
      assert.equal(receives, turn);
      await queue.giveBack(receipt, AT_ONCE);
    }
    await queue.sendAll(['healthy']);
    assert.deepEqual(bodies(await drain(queue)), ['healthy']);
    assert.equal((await one(deadLetters)).body, 'poison');
    assert.deepEqual(await deadLetters.receive(1), []);
  },
  'a message that was removed at its last turn is no dead letter': async ({ queue, deadLetters, pass }) => {
    await queue.sendAll(['stubborn']);
    for (let turn = 1; turn < MAX_RECEIVES; turn += 1) await queue.giveBack((await one(queue)).receipt, AT_ONCE);
    await queue.remove((await one(queue)).receipt);
    await pass();
    assert.deepEqual([await queue.receive(1), await deadLetters.receive(1)], [[], []]);
  },
};

async function afterSomeTime(queue: Queue, pass: () => Promise<void>): Promise<unknown[]> {
  let found: readonly ReceivedMessage[] = [];
  const isThere = async (): Promise<boolean> => {
    await pass();
    found = await queue.receive(1);
    return found.length > 0;
  };
  await waitUntil(isThere, { what: 'the message comes again', timeoutMs: 30_000 });
  return found.flatMap(({ body, receives }) => [body, receives]);
}
