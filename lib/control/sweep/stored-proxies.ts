import type { Trail } from '../../delivery/trail.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Records } from '../../ports/records.ts';
import { listAll } from '../list-all.ts';
import { PROXIES, PROXY_RETENTION, type ProxyState } from '../polls/proxy-state.ts';

/**
 * The trails of all proxies that the store has, gone or not: what they name must stay, because a proxy that comes back brings its
 * trail back with it.
 */
export async function storedTrails(records: Pick<Records, 'list'>): Promise<readonly Trail[]> {
  const trails: Trail[] = [];
  for await (const { record } of listAll<ProxyState>(records, PROXIES)) if (record.trail) trails.push(record.trail);
  return trails;
}

/** Takes away what the store has of proxies that have gone for longer than the retention time (PS-3); answers how many. */
export async function forgetGoneProxies(
  records: Pick<Records, 'list' | 'removeIf'>,
  clock: Pick<Clock, 'now'>,
): Promise<number> {
  let forgotten = 0;
  for await (const { id, record, etag } of listAll<ProxyState>(records, PROXIES)) {
    const isGone = clock.now() - record.lastPolledAt >= PROXY_RETENTION;
    if (isGone && (await records.removeIf({ partition: PROXIES, id }, etag))) forgotten += 1;
  }
  return forgotten;
}
