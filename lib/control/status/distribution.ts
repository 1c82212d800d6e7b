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

/** How one proxy stands with some resources: `gone` for one that polls no more. */
export type Standing = 'acked' | 'pending' | 'nacked' | 'gone';

export function countStanding(before: Distribution, standing: Standing): Distribution {
  return standing === 'gone' ? before : { ...before, [standing]: before[standing] + 1, total: before.total + 1 };
}

/** The poll loops of one proxy, to be asked about resources by `type/name`. */
export interface ProxyLoops {
  /** `undefined` asks about everything that the proxy is given. */
  standing(resources: readonly string[] | undefined): Standing;
}

export function proxyLoops(loops: readonly LoopStatus[]): ProxyLoops {
  const byResource = new Map<string, LoopStatus[]>();
  const note = (key: string, loop: LoopStatus): void =>
    void byResource.set(key, [...(byResource.get(key) ?? []), loop]);
  for (const loop of loops) {
    if (loop.names.length === 0) note(loop.type, loop);
    for (const name of loop.names) note(`${loop.type}/${name}`, loop);
  }
  return {
    standing(resources) {
      if (resources === undefined) return worst(loops.map(({ status }) => STANDINGS[status]));
      return worst(
        resources.flatMap((resource) => {
          const [type = ''] = resource.split('/', 1);
          const asking = [...(byResource.get(type) ?? []), ...(byResource.get(resource) ?? [])];
          return asking.map((loop) => standingOf(loop, resource.slice(type.length + 1)));
        }),
      );
    },
  };
}

/** A refused version is held against what changed in it, not against all that it holds. */
function standingOf({ status, suspects }: LoopStatus, name: string): Standing {
  const isCleared = status === 'REJECTED' && suspects.length > 0 && !suspects.includes(name);
  return isCleared ? 'pending' : STANDINGS[status];
}

const STANDINGS: Readonly<Record<SyncStatus, Standing>> = {
  SYNCED: 'acked',
  STALE: 'pending',
  NOT_SENT: 'pending',
  REJECTED: 'nacked',
  DISCONNECTED: 'gone',
};

/** A proxy that asks for nothing of it has not come that far yet. */
function worst(standings: readonly Standing[]): Standing {
  const order: readonly Standing[] = ['gone', 'nacked', 'pending'];
  return order.find((standing) => standings.includes(standing)) ?? (standings.length > 0 ? 'acked' : 'pending');
}
