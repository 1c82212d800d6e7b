import type { Records, StoredRecord } from '../ports/records.ts';

/** Every record of a partition, page by page, in the order of their ids. */
export async function* listAll<T>(records: Pick<Records, 'list'>, partition: string): AsyncGenerator<StoredRecord<T>> {
  let cursor: string | undefined;
  do {
    const page = await records.list<T>(partition, cursor === undefined ? {} : { cursor });
    yield* page.records;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
