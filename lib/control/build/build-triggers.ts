import type { RecordKey } from '../../ports/records.ts';
import { HEAD_KEY } from '../revisions/head.ts';
import { HEALTH_STATUSES } from '../config/object-status.ts';

/**
 * What a written record sets off: a build after a new revision, or after an instance told how it is (ST-5). Nothing else in the
 * store is an input of builds (ST-7).
 */
export function triggerOf({ partition, id }: RecordKey): 'config' | 'health' | undefined {
  if (partition === HEAD_KEY.partition && id === HEAD_KEY.id) return 'config';
  return partition === HEALTH_STATUSES.partition && id.startsWith(HEALTH_STATUSES.prefix) ? 'health' : undefined;
}
