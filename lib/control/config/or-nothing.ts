import { CorruptStore } from '../../ports/store-errors.ts';

/** What a read finds; nothing for what is missing or damaged, so that whoever can do without goes on without. */
export async function orNothing<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof CorruptStore) return undefined;
    throw error;
  }
}
