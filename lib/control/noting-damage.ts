import { CorruptStore } from '../ports/store-errors.ts';
import type { Metrics } from './metrics.ts';

/** Counts what work met that is damaged in the store (STO-11), an alarm of its own, and throws it on: only the caller can say what then. */
export async function notingDamage<Value>(
  metrics: Pick<Metrics, 'noteCorruptStore'>,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CorruptStore) metrics.noteCorruptStore();
    throw error;
  }
}
