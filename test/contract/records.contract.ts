import assert from 'node:assert/strict';
import {
  type Etag,
  type ListOptions,
  MAX_RECORD_BYTES,
  type RecordKey,
  type Records,
  type StoredRecord,
} from '../../lib/ports/records.ts';
import { RecordTooLarge } from '../../lib/ports/store-errors.ts';
import { guardedWriting } from './guarded-records.contract.ts';
import { create, key, stale } from './stored-record.ts';
import { contractSuite, type Open, type Promises, type SuiteOptions } from './contract-suite.ts';

/** What every adapter of the Records port keeps, whatever stores the records. */
export function recordsContract(name: string, open: Open<Records>, options: SuiteOptions = {}): void {
  contractSuite(`records: ${name}`, {
    open,
    promises: { ...writing, ...guardedWriting, ...racing, ...listing, ...refusing },
    options,
  });
}

const writing: Promises<Records> = {
  'nothing is stored under a new key': async (records) => {
    assert.equal(await records.get(key), undefined);
  },
  'a first write shows in the next read, under its etag': async (records) => {
    const won = await records.putIf(key, { revision: 1 }, undefined);
    assert.ok(won !== undefined);
    assert.deepEqual(await records.get(key), { id: 'config', record: { revision: 1 }, etag: won });
  },
  'a first write onto an existing record is a lost race': async (records) => {
    const won = await create(records, 'first');
    assert.equal(await records.putIf(key, 'second', undefined), undefined);
    assert.deepEqual(await records.get(key), { id: 'config', record: 'first', etag: won });
  },
  'a write that expects the stored etag replaces the record': async (records) => {
    const first = await create(records, 1);
    const second = await records.putIf(key, 2, first);
    assert.ok(second !== undefined && second !== first);
    assert.deepEqual(await records.get(key), { id: 'config', record: 2, etag: second });
  },
  'a write that expects another etag changes nothing': async (records) => {
    const first = await create(records, 1);
    const second = await records.putIf(key, 2, first);
    assert.equal(await records.putIf(key, 3, first), undefined);
    assert.equal(await records.putIf(key, 3, stale), undefined);
    assert.deepEqual(await records.get(key), { id: 'config', record: 2, etag: second });
  },
  'a write that expects an etag creates nothing': async (records) => {
    assert.equal(await records.putIf(key, 1, stale), undefined);
    assert.equal(await records.get(key), undefined);
  },
  'writing equal content again still changes the etag': async (records) => {
    const first = await create(records, { same: true });
    const second = await records.putIf(key, { same: true }, first);
    assert.ok(second !== undefined && second !== first);
  },
  'removal needs the stored etag': async (records) => {
    const won = await create(records, 1);
    assert.equal(await records.removeIf(key, stale), false);
    assert.equal(await records.removeIf(key, undefined), false);
    assert.equal((await records.get(key))?.record, 1);
    assert.equal(await records.removeIf(key, won), true);
    assert.equal(await records.get(key), undefined);
  },
  'removing what is not there succeeds only for who expects that': async (records) => {
    assert.equal(await records.removeIf(key, undefined), true);
    assert.equal(await records.removeIf(key, stale), false);
  },
  'an etag from before a removal never fits again (ABA)': async (records) => {
    const seen = new Set<Etag>();
    for (let round = 0; round < 5; round++) {
      const won = await create(records, 'same');
      assert.ok(!seen.has(won), 'an etag is given out once');
      for (const old of seen) assert.equal(await records.putIf(key, 'stolen', old), undefined);
      for (const old of seen) assert.equal(await records.removeIf(key, old), false);
      seen.add(won);
      assert.equal(await records.removeIf(key, won), true);
    }
  },
  'every JSON value survives': async (records) => {
    const values = [
      null,
      true,
      false,
      0,
      -0.5,
      1e21,
      '',
      'ünï \u{1F600} \u0000 \ud800',
      [],
      {},
      [1, [2]],
      { a: { b: [null] } },
    ];
    let expected: Etag | undefined;
    for (const value of values) {
      expected = await records.putIf(key, value, expected);
      assert.deepEqual((await records.get(key))?.record, value);
    }
  },
  'what a caller does to its object afterwards does not show': async (records) => {
    const mine = { list: [1] };
    await create(records, mine);
    mine.list.push(2);
    (await records.get<typeof mine>(key))?.record.list.push(3);
    assert.deepEqual((await records.get(key))?.record, { list: [1] });
  },
  'odd keys are kept apart and come back as they are': async (records) => {
    const odd = [
      'a/b',
      'a//b',
      ' ',
      ' a',
      'a ',
      'a|b',
      'a',
      '.',
      '..',
      'ü',
      'u\u0308',
      '\u{1F600}',
      '%41',
      '#',
      "'",
      '"',
      '\n',
      '*',
      'A',
    ];
    odd.push('\u0001', '\u007f', 'x'.repeat(1_000), 'ü'.repeat(500));
    for (const text of odd) assert.ok(await records.putIf({ partition: 'odd', id: text }, text, undefined), text);
    for (const text of odd) assert.ok(await records.putIf({ partition: text, id: 'odd' }, text, undefined), text);
    for (const text of odd) {
      assert.equal((await records.get({ partition: 'odd', id: text }))?.record, text);
      assert.equal((await records.get({ partition: text, id: 'odd' }))?.id, 'odd');
      assert.deepEqual(await idsIn(records, text), ['odd']);
    }
    assert.deepEqual(await idsIn(records, 'odd'), inByteOrder(odd));
  },
  'partition and id do not run into each other': async (records) => {
    await records.putIf({ partition: 'a|b', id: 'c' }, 1, undefined);
    assert.equal(await records.get({ partition: 'a', id: 'b|c' }), undefined);
    assert.ok(await records.putIf({ partition: 'a', id: 'b|c' }, 2, undefined));
    assert.deepEqual(await idsIn(records, 'a'), ['b|c']);
  },
};

const racing: Promises<Records> = {
  'of 20 first writers exactly one wins': async (records) => {
    const won = await race(20, (i) => records.putIf(key, i, undefined));
    assert.equal(won.length, 1);
    assert.deepEqual(await records.get(key), { id: 'config', record: won[0]?.writer, etag: won[0]?.answer });
  },
  'of 20 writers that expect one etag exactly one wins': async (records) => {
    const first = await create(records, 'start');
    const won = await race(20, (i) => records.putIf(key, i, first));
    assert.equal(won.length, 1);
    assert.deepEqual(await records.get(key), { id: 'config', record: won[0]?.writer, etag: won[0]?.answer });
  },
  'of 20 removers exactly one wins': async (records) => {
    const first = await create(records, 'start');
    const won = await race(20, async () => (await records.removeIf(key, first)) || undefined);
    assert.equal(won.length, 1);
    assert.equal(await records.get(key), undefined);
  },
  'of a writer and a remover with one etag exactly one wins': async (records) => {
    const first = await create(records, 'start');
    const [written, removed] = await Promise.all([records.putIf(key, 'next', first), records.removeIf(key, first)]);
    assert.equal(written !== undefined, !removed);
    assert.equal((await records.get(key))?.record, removed ? undefined : 'next');
  },
  'no increment of 8 concurrent counters is lost': async (records) => {
    await create(records, 0);
    await Promise.all(Array.from({ length: 8 }, () => incrementTimes(records, 4)));
    assert.equal((await records.get(key))?.record, 32);
  },
  'every writer sees its own write at once, in get and list': async (records) => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const id = `w${i}`;
        const won = await records.putIf({ partition: 'own', id }, i, undefined);
        assert.equal((await records.get({ partition: 'own', id }))?.etag, won);
        assert.ok((await idsIn(records, 'own')).includes(id));
      }),
    );
  },
};

const listing: Promises<Records> = {
  'an empty partition lists nothing': async (records) => {
    assert.deepEqual(await records.list('empty'), { records: [] });
  },
  'list answers records with their etags, of its partition alone': async (records) => {
    const a = await records.putIf({ partition: 'p', id: 'a' }, { n: 1 }, undefined);
    await records.putIf({ partition: 'pp', id: 'b' }, { n: 2 }, undefined);
    assert.deepEqual(await records.list('p'), { records: [{ id: 'a', record: { n: 1 }, etag: a }] });
  },
  'ids are in ascending order of their UTF-8 bytes': async (records) => {
    // UTF-16 units would put the last two the other way round; a dictionary would mix cases and accents.
    const ordered = [
      '!',
      '0',
      '10',
      '9',
      'A',
      'Z',
      '_',
      'a',
      'aa',
      'b',
      'z',
      '~',
      'é',
      'ß',
      '漢',
      '\ufffd',
      '\u{1F600}',
    ];
    await fill(records, 'order', [...ordered].reverse());
    assert.deepEqual(await idsIn(records, 'order'), inByteOrder(ordered));
  },
  'a limit cuts pages and the cursor leads through all of them once': async (records) => {
    const ids = Array.from({ length: 53 }, (_, i) => `id-${String(i).padStart(3, '0')}`);
    await fill(records, 'pages', ids);
    const first = await records.list('pages', { limit: 10 });
    assert.deepEqual(
      first.records.map(({ id }) => id),
      ids.slice(0, 10),
    );
    assert.ok(first.cursor !== undefined);
    for (const limit of [1, 7, 52, 53, 54, 1_000]) assert.deepEqual(await idsIn(records, 'pages', { limit }), ids);
  },
  'pages end by size, too, and nothing is lost between them': async (records) => {
    const ids = Array.from({ length: 12 }, (_, i) => `big-${String(i).padStart(2, '0')}`);
    await fillWith(
      records,
      'x'.repeat(300_000),
      ids.map((id) => ({ partition: 'big', id })),
    );
    const first = await records.list('big');
    assert.ok(first.cursor !== undefined && first.records.length < ids.length, 'a page is no 3.6 MB');
    assert.deepEqual(await idsIn(records, 'big'), ids);
  },
  'a partition of more than a thousand records is listed whole': async (records) => {
    const ids = Array.from({ length: 1_050 }, (_, i) => `n${String(i).padStart(5, '0')}`);
    await fill(records, 'many', ids);
    const first = await records.list('many');
    assert.ok(first.cursor !== undefined && first.records.length <= 1_000);
    assert.deepEqual(await idsIn(records, 'many'), ids);
  },
  'a prefix selects the ids that start with it, through all pages': async (records) => {
    const ids = [
      'a',
      'a/',
      'a/1',
      'a/2',
      'a/\u{10FFFF}',
      'a0',
      'a_1',
      'a%',
      'A/1',
      'b',
      'é/1',
      'é/2',
      '\u{10FFFF}',
      '\u{10FFFF}x',
    ];
    await fill(records, 'prefixes', ids);
    for (const prefix of ['a', 'a/', 'a_', 'a%', '%', 'é', 'é/', '\u{10FFFF}', 'zzz', '']) {
      const wanted = inByteOrder(ids.filter((id) => id.startsWith(prefix)));
      assert.deepEqual(await idsIn(records, 'prefixes', { prefix }), wanted, `prefix ${prefix}`);
      assert.deepEqual(await idsIn(records, 'prefixes', { prefix, limit: 2 }), wanted, `prefix ${prefix} by twos`);
    }
  },
  'list goes on after a record that was removed meanwhile': async (records) => {
    await fill(records, 'moving', ['a', 'b', 'c', 'd']);
    const { records: page, cursor } = await records.list('moving', { limit: 2 });
    assert.ok(cursor !== undefined && page[1]);
    assert.ok(await records.removeIf({ partition: 'moving', id: 'b' }, page[1].etag));
    assert.deepEqual(await idsIn(records, 'moving', { cursor }), ['c', 'd']);
  },
};

const refusing: Promises<Records> = {
  'a record of exactly the limit fits, one byte more is refused': async (records) => {
    const fits = 'x'.repeat(MAX_RECORD_BYTES - 2);
    const won = await create(records, fits);
    await assert.rejects(records.putIf(key, `${fits}x`, won), RecordTooLarge);
    assert.deepEqual(await records.get(key), { id: 'config', record: fits, etag: won });
  },
  'the limit counts bytes, not characters': async (records) => {
    await assert.rejects(records.putIf(key, 'ü'.repeat(MAX_RECORD_BYTES / 2), undefined), RecordTooLarge);
    await create(records, 'ü'.repeat(MAX_RECORD_BYTES / 2 - 1));
  },
  'keys that some store could not hold are refused by all': async (records) => {
    for (const bad of ['', 'x'.repeat(1_001), 'ü'.repeat(501), 'lone \ud800']) {
      for (const badKey of [
        { partition: bad, id: 'id' },
        { partition: 'p', id: bad },
      ]) {
        await assert.rejects(records.get(badKey), RangeError);
        await assert.rejects(records.putIf(badKey, 1, undefined), RangeError);
        await assert.rejects(records.removeIf(badKey, undefined), RangeError);
      }
      await assert.rejects(records.list(bad), RangeError);
    }
  },
  'page limits outside 1 to 1,000 are refused': async (records) => {
    for (const limit of [0, -1, 1.5, 1_001, Number.NaN]) {
      await assert.rejects(records.list('p', { limit }), RangeError);
    }
  },
  'what is no JSON is refused': async (records) => {
    await assert.rejects(records.putIf(key, undefined, undefined), TypeError);
    await assert.rejects(
      records.putIf(key, () => 1, undefined),
      TypeError,
    );
    assert.equal(await records.get(key), undefined);
  },
};

async function race<A>(
  writers: number,
  attempt: (writer: number) => Promise<A | undefined>,
): Promise<{ writer: number; answer: A }[]> {
  const answers = await Promise.all(Array.from({ length: writers }, (_, i) => attempt(i)));
  return answers.flatMap((answer, writer) => (answer === undefined ? [] : [{ writer, answer }]));
}

async function incrementTimes(records: Records, times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const stored = await records.get<number>(key);
    assert.ok(stored);
    if ((await records.putIf(key, stored.record + 1, stored.etag)) !== undefined) done += 1;
  }
}

async function fill(records: Records, partition: string, ids: readonly string[]): Promise<void> {
  await fillWith(
    records,
    1,
    ids.map((id) => ({ partition, id })),
  );
}

/** Writes one record under many keys, some at a time. */
async function fillWith(records: Records, record: unknown, keys: readonly RecordKey[]): Promise<void> {
  for (let start = 0; start < keys.length; start += 20) {
    const won = await Promise.all(keys.slice(start, start + 20).map((each) => records.putIf(each, record, undefined)));
    assert.ok(won.every((answer) => answer !== undefined));
  }
}

async function idsIn(records: Records, partition: string, options: ListOptions = {}): Promise<string[]> {
  const found: StoredRecord<unknown>[] = [];
  let cursor = options.cursor;
  do {
    const page = await records.list(partition, { ...options, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.records);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found.map(({ id }) => id);
}

const inByteOrder = (ids: readonly string[]): string[] =>
  [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
