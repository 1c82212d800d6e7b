import type { Clock } from '../../ports/clock.ts';
import { type DurationMs, type EpochMs, plus } from '../../base/brand.ts';
import type { RecordKey, Records } from '../../ports/records.ts';
import { listAll } from '../list-all.ts';

const PROOFS_PARTITION = 'authority-proofs';

interface SpentProof {
  readonly until: EpochMs;
}

/**
 * Notes that a proof was used, by its hash; false for one that was used before. Of any number of processes that are shown the same proof one
 * takes it. It is remembered for as long as it could be shown again.
 */
export async function spendProof(
  { records, clock }: { readonly records: Pick<Records, 'putIf'>; readonly clock: Pick<Clock, 'now'> },
  hash: string,
  goodFor: DurationMs,
): Promise<boolean> {
  const key: RecordKey = { partition: PROOFS_PARTITION, id: hash };
  return (await records.putIf<SpentProof>(key, { until: plus(clock.now(), goodFor) }, undefined)) !== undefined;
}

/** Forgets proofs that are too old to be shown again. */
export async function forgetProofs(
  records: Pick<Records, 'list' | 'removeIf'>,
  { now }: Pick<Clock, 'now'>,
): Promise<number> {
  let forgotten = 0;
  for await (const { id, record, etag } of listAll<SpentProof>(records, PROOFS_PARTITION)) {
    const key = { partition: PROOFS_PARTITION, id };
    if (record.until <= now() && (await records.removeIf(key, etag))) forgotten += 1;
  }
  return forgotten;
}
