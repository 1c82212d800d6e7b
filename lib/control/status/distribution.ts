import { epochMs, type EpochMs } from '../../base/brand.ts';
import type { SyncStatus } from '../../delivery/read-acks.ts';
import type { LoopStatus } from './proxy-status.ts';

/** How far an object got, over the proxies that still poll and whose view depends on it (PS-5). */
export interface Distribution {
  readonly acked: number;
  readonly pending: number;
  readonly nacked: number;
  readonly total: number;
}

export const NOWHERE: Distribution = { acked: 0, pending: 0, nacked: 0, total: 0 };

/** How far some resources got with one proxy: `gone` for one that polls no more. */
export type Receipt = 'acked' | 'pending' | 'nacked' | 'gone';

/** A receipt, and since when it is so. */
export interface DatedReceipt {
  readonly receipt: Receipt;
  readonly since: EpochMs;
}

export function countReceipt(before: Distribution, { receipt }: Pick<DatedReceipt, 'receipt'>): Distribution {
  return receipt === 'gone' ? before : { ...before, [receipt]: before[receipt] + 1, total: before.total + 1 };
}

/** Since when things are as far as they are: since the last one took them, else since the first one has yet to. */
export function distributedAt(receipts: readonly DatedReceipt[]): EpochMs | undefined {
  const here = receipts.filter(({ receipt }) => receipt !== 'gone');
  const open = here.filter(({ receipt }) => receipt !== 'acked').map(({ since }) => since);
  if (open.length > 0) return epochMs(Math.min(...open));
  return here.length === 0 ? undefined : epochMs(Math.max(...here.map(({ since }) => since)));
}

/** The poll loops of one proxy, to be asked about resources by `type/name`. */
export interface ProxyLoops {
  /** Of some resources as they are since a moment; `undefined` asks about everything that the proxy is given. */
  receiptOf(resources: readonly string[] | undefined, builtAt: EpochMs): DatedReceipt;
}

/** `firstPolledAt` is since when a proxy has been waiting that asks for nothing of it yet. */
export function proxyLoops(loops: readonly LoopStatus[], firstPolledAt: EpochMs): ProxyLoops {
  const byResource = new Map<string, LoopStatus[]>();
  const note = (key: string, loop: LoopStatus): void =>
    void byResource.set(key, [...(byResource.get(key) ?? []), loop]);
  for (const loop of loops) {
    if (loop.names.length === 0) note(loop.type, loop);
    for (const name of loop.names) note(`${loop.type}/${name}`, loop);
  }
  return {
    receiptOf(resources, builtAt) {
      if (resources === undefined)
        return worst(
          loops.map((loop) => receiptOfLoop(loop, builtAt)),
          firstPolledAt,
        );
      const receipts = resources.flatMap((resource) => {
        const [type = ''] = resource.split('/', 1);
        const asking = [...(byResource.get(type) ?? []), ...(byResource.get(resource) ?? [])];
        return asking.map((loop) => receiptIn(loop, resource.slice(type.length + 1), builtAt));
      });
      return worst(receipts, firstPolledAt);
    },
  };
}

/** A proxy that is behind with a newer version of other things may well have this: it took what it was sent since then. */
function receiptOfLoop({ status, since, tookAt }: LoopStatus, builtAt: EpochMs): DatedReceipt {
  const hasIt = status === 'STALE' && tookAt !== undefined && tookAt >= builtAt;
  return hasIt ? { receipt: 'acked', since: tookAt } : { receipt: RECEIPTS[status], since };
}

/** A refused version is held against what changed in it, not against all that it holds. */
function receiptIn(loop: LoopStatus, name: string, builtAt: EpochMs): DatedReceipt {
  const { status, suspects, since } = loop;
  const isCleared = status === 'REJECTED' && suspects.length > 0 && !suspects.includes(name);
  return isCleared ? { receipt: 'pending', since } : receiptOfLoop(loop, builtAt);
}

const RECEIPTS: Readonly<Record<SyncStatus, Receipt>> = {
  SYNCED: 'acked',
  STALE: 'pending',
  NOT_SENT: 'pending',
  REJECTED: 'nacked',
  DISCONNECTED: 'gone',
};

/** A proxy that asks for nothing of it has not come that far yet. */
function worst(receipts: readonly DatedReceipt[], firstPolledAt: EpochMs): DatedReceipt {
  const order: readonly Receipt[] = ['gone', 'nacked', 'pending'];
  const open = order.flatMap((wanted) => receipts.find(({ receipt }) => receipt === wanted) ?? [])[0];
  if (open !== undefined) return open;
  const times = receipts.map(({ since }) => since);
  return times.length === 0
    ? { receipt: 'pending', since: firstPolledAt }
    : { receipt: 'acked', since: epochMs(Math.max(...times)) };
}
