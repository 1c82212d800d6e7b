import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { openSqliteStore } from '../../lib/adapters/sqlite/sqlite-store.ts';
import { type Etag, etag, type ListOptions, type Records } from '../../lib/ports/records.ts';
import { tempDir } from '../support/temp-dir.ts';

/** One call, its ids taken from a small pool so that calls meet; `expects` names which etag of that id the caller holds. */
type Call =
  | { readonly call: 'put'; readonly id: string; readonly record: unknown; readonly expects: Expectation }
  | { readonly call: 'remove'; readonly id: string; readonly expects: Expectation }
  | { readonly call: 'get'; readonly id: string }
  | { readonly call: 'list'; readonly options: ListOptions };
type Expectation = 'nothing' | 'newest' | 'older' | 'foreign';

const id = fc.constantFrom('a', 'ab', 'a/1', 'b', 'B', 'é', '\ufffd', '\u{1F600}', '\u{10FFFF}', 'a\u0000');
const expects = fc.constantFrom<Expectation>('nothing', 'newest', 'newest', 'older', 'foreign');
const listOptions = fc.record(
  { limit: fc.integer({ min: 1, max: 4 }), prefix: fc.constantFrom('', 'a', 'é', 'zz'), cursor: id },
  { requiredKeys: [] },
);
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ call: fc.constant('put' as const), id, record: fc.jsonValue(), expects }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant('remove' as const), id, expects }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('get' as const), id }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant('list' as const), options: listOptions }) },
);

test('whatever is asked of them, memory and SQLite answer alike', async (t) => {
  const directory = tempDir();
  const store = openSqliteStore(directory.path);
  t.after(() => {
    store.close();
    directory.remove();
  });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 5, maxLength: 40 }), async (calls) => {
      const partition = `run ${runs++}`;
      const expected = await answersOf(memoryRecords(), partition, calls);
      assert.deepEqual(await answersOf(store.records, partition, calls), expected);
    }),
    { numRuns: 150 },
  );
});

/** What each call answered, with etags replaced by the number of the write that made them. */
async function answersOf(records: Records, partition: string, calls: readonly Call[]): Promise<unknown[]> {
  const given = new Map<string, Etag[]>();
  const order: Etag[] = [];
  const held = (of: string, which: Expectation): Etag | undefined => {
    const etags = given.get(of) ?? [];
    if (which === 'nothing') return undefined;
    return (which === 'foreign' ? undefined : etags.at(which === 'newest' ? -1 : -2)) ?? etag('foreign');
  };
  const answers: unknown[] = [];
  for (const each of calls) {
    switch (each.call) {
      case 'put': {
        const won = await records.putIf({ partition, id: each.id }, each.record, held(each.id, each.expects));
        if (won !== undefined) {
          order.push(won);
          given.set(each.id, [...(given.get(each.id) ?? []), won]);
        }
        answers.push(won === undefined ? 'lost' : order.length);
        break;
      }
      case 'remove':
        answers.push(await records.removeIf({ partition, id: each.id }, held(each.id, each.expects) ?? etag('none')));
        break;
      case 'get': {
        const stored = await records.get({ partition, id: each.id });
        answers.push(stored && { ...stored, etag: order.indexOf(stored.etag) });
        break;
      }
      case 'list': {
        const page = await records.list(partition, each.options);
        const numbered = page.records.map((stored) => ({ ...stored, etag: order.indexOf(stored.etag) }));
        answers.push({ ...page, records: numbered });
        break;
      }
    }
  }
  return answers;
}
