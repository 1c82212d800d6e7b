import type { Lease } from '../../../lib/control/lead/lease.ts';
import type { FanOut } from '../../../lib/control/shards/fan-out.ts';
import type { Head } from '../../../lib/control/build/served-heads.ts';
import type { History, HistoryEvent, RecordWritten } from './history.ts';

/**
 * Whether at most one reign publishes at a time: what a leader writes goes in only until a newer reign is on, also into views that
 * the newer one leaves alone (LE-20); and nobody takes a lease that its holder may still count on (LE-4, LE-5).
 */
export function checkReigns(history: History): readonly string[] {
  const leases = new Map<string, HistoryEvent & RecordWritten>();
  let fanOut: FanOut | undefined;
  return history.flatMap((event) => {
    if (event.what !== 'record') return [];
    if (event.key.partition === 'leases') {
      const before = leases.get(event.key.id);
      leases.set(event.key.id, event);
      return before ? checkSuccession(before, event) : [];
    }
    const newest = newestEpoch(leases);
    if (event.key.partition === 'builds' && event.key.id === 'fan-out') {
      const before = fanOut;
      fanOut = event.record as FanOut;
      return checkFanOut(event.by, { before, fanOut, newest });
    }
    if (event.key.partition !== 'heads') return [];
    const { epoch } = event.record as Head;
    return epoch < newest ? [`${event.by} published under epoch ${epoch} while epoch ${newest} was on`] : [];
  });
}

/** Those who keep the store clean have a lease of their own. */
function newestEpoch(leases: ReadonlyMap<string, RecordWritten>): number {
  const reigns = [...leases].filter(([id]) => id.startsWith('builder'));
  return Math.max(0, ...reigns.map(([, { record }]) => (record as Lease).leaderTransitions));
}

interface FannedOut {
  readonly before: FanOut | undefined;
  readonly fanOut: FanOut;
  readonly newest: number;
}

/** Builds that are shared out are numbered one after the other, each under the reign that is on. */
function checkFanOut(by: string, { before, fanOut: { build, epoch }, newest }: FannedOut): readonly string[] {
  const wrong: string[] = [];
  if (build !== (before?.build ?? 0) + 1) wrong.push(`${by} fans out build ${build} after build ${before?.build ?? 0}`);
  if (epoch !== newest) wrong.push(`${by} fans out under epoch ${epoch} while epoch ${newest} was on`);
  return wrong;
}

function checkSuccession(before: HistoryEvent & RecordWritten, next: HistoryEvent & RecordWritten): readonly string[] {
  const [held, taken] = [before.record as Lease, next.record as Lease];
  if (taken.leaderTransitions < held.leaderTransitions)
    return [`the lease went from epoch ${held.leaderTransitions} back to ${taken.leaderTransitions}`];
  const changesHands = taken.holderIdentity !== '' && taken.holderIdentity !== held.holderIdentity;
  if (!changesHands) return [];
  if (taken.leaderTransitions === held.leaderTransitions)
    return [`${taken.holderIdentity} leads under epoch ${taken.leaderTransitions}, which was ${held.holderIdentity}'s`];
  const isLiving = held.holderIdentity !== '' && next.at - before.at < held.leaseDurationSeconds * 1_000;
  return isLiving
    ? [
        `${taken.holderIdentity} took the lease of ${held.holderIdentity} ${next.at - before.at} ms after it was renewed`,
      ]
    : [];
}
