import assert from 'node:assert/strict';
import { dynamoRecords } from '../../lib/adapters/aws/dynamo-records.ts';
import type { Etag, Records } from '../../lib/ports/records.ts';
import { StoreRefused, StoreUnavailable } from '../../lib/ports/store-errors.ts';
import { dynamoAt, freshTable, loseAnswers } from '../support/aws-clients.ts';
import type { StartedServer } from '../support/started-server.ts';
import { contractSuite, type Promises, type SuiteOptions } from './contract-suite.ts';

/** What the DynamoDB adapter does when answers get lost on a real wire; run against every stand-in. */
export function lostAnswersContract(name: string, server: () => StartedServer, options: SuiteOptions = {}): void {
  contractSuite(`lost answers: ${name}`, { open: () => openLossy(server()), promises, options });
}

interface Lossy {
  readonly records: Records;
  /** Another process's view of the same table, over a sound connection. */
  readonly others: Records;
  /** The next answers to lose; before each is dropped, what another process does meanwhile. */
  readonly lose: (...meanwhile: readonly (() => Promise<unknown>)[]) => void;
}

async function openLossy(server: StartedServer): Promise<Lossy> {
  const sound = dynamoAt(server);
  const table = await freshTable(sound);
  const lossy = dynamoAt(server);
  const losses: (() => Promise<unknown>)[] = [];
  loseAnswers(lossy, async () => {
    const meanwhile = losses.shift();
    await meanwhile?.();
    return meanwhile !== undefined;
  });
  return {
    records: dynamoRecords({ client: lossy, table }),
    others: dynamoRecords({ client: sound, table }),
    lose: (...meanwhile) => void losses.push(...meanwhile),
  };
}

const key = { partition: 'heads', id: 'config' };
const nothing = async (): Promise<void> => {};

const promises: Promises<Lossy> = {
  'STO-5: a first write whose answer was lost is recognised as won': async ({ records, others, lose }) => {
    lose(nothing);
    const won = await records.putIf(key, 1, undefined);
    assert.ok(won !== undefined);
    assert.deepEqual(await others.get(key), { id: 'config', record: 1, etag: won });
  },
  'STO-5: a replacement whose answer was lost twice is recognised as won': async ({ records, others, lose }) => {
    const first = await others.putIf(key, 1, undefined);
    lose(nothing, nothing);
    const won = await records.putIf(key, 2, first);
    assert.ok(won !== undefined);
    assert.deepEqual(await others.get(key), { id: 'config', record: 2, etag: won });
  },
  'STO-5: it is recognised even when others have moved the record on since': async ({ records, others, lose }) => {
    const first = await others.putIf(key, 1, undefined);
    lose(async () => {
      await moveOn(others, 3);
    });
    const won = await records.putIf(key, 2, first);
    assert.ok(won !== undefined, 'our write was the one that the others built on');
    assert.equal((await others.get(key))?.record, 'moved 3');
  },
  'a lost race stays lost when its answer has to be asked for twice': async ({ records, others, lose }) => {
    const first = await others.putIf(key, 1, undefined);
    await moveOn(others, 1);
    lose(nothing);
    assert.equal(await records.putIf(key, 2, first), undefined);
    lose(nothing);
    assert.equal(await records.putIf(key, 2, undefined), undefined);
    assert.equal((await others.get(key))?.record, 'moved 1');
  },
  'an outcome that the stored line of etags cannot tell is open': async ({ records, others, lose }) => {
    const first = await others.putIf(key, 1, undefined);
    lose(async () => {
      await moveOn(others, 6);
    });
    await assert.rejects(records.putIf(key, 2, first), StoreUnavailable);
  },
  'a removal whose answer was lost is open, since nothing is left to tell': async ({ records, others, lose }) => {
    const first = await others.putIf(key, 1, undefined);
    assert.ok(first !== undefined);
    lose(nothing);
    await assert.rejects(records.removeIf(key, first), StoreUnavailable);
    assert.equal(await others.get(key), undefined);
  },
  'a removal that lost its race stays lost when it is asked for twice': async ({ records, others, lose }) => {
    const first = await others.putIf(key, 1, undefined);
    assert.ok(first !== undefined);
    await moveOn(others, 1);
    lose(nothing);
    assert.equal(await records.removeIf(key, first), false);
    assert.equal((await others.get(key))?.record, 'moved 1');
  },
  'reads whose answers are lost are simply asked again': async ({ records, others, lose }) => {
    await others.putIf(key, 1, undefined);
    lose(nothing);
    assert.equal((await records.get(key))?.record, 1);
    lose(nothing);
    assert.equal((await records.list('heads')).records.length, 1);
  },
  'an outage longer than the retries is StoreUnavailable': async ({ records, lose }) => {
    lose(...Array.from({ length: 20 }, () => nothing));
    await assert.rejects(records.get(key), StoreUnavailable);
    await assert.rejects(records.list('heads'), StoreUnavailable);
  },
};

/** Replaces the record that often, each time on what is stored. */
async function moveOn(records: Records, times: number): Promise<void> {
  for (let move = 1; move <= times; move++) {
    const expected: Etag | undefined = (await records.get(key))?.etag;
    assert.ok(await records.putIf(key, `moved ${move}`, expected));
  }
}

/** A table that is not there, or a server that is not there, told apart. */
export async function assertRefusals(server: StartedServer): Promise<void> {
  const noTable = dynamoRecords({ client: dynamoAt(server), table: 'no-such-table' });
  await assert.rejects(noTable.get(key), StoreRefused);
  await assert.rejects(noTable.putIf(key, 1, undefined), StoreRefused);
  const nobody = dynamoRecords({ client: dynamoAt({ ...server, endpoint: 'http://127.0.0.1:1' }), table: 'any' });
  await assert.rejects(nobody.get(key), StoreUnavailable);
}
