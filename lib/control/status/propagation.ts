import type { EpochMs } from '../../base/brand.ts';
import { printTimestampMs } from '../../base/timestamp.ts';
import { loopStatuses, type StatusInput } from './proxy-status.ts';

/** When the newest revision that was built came how far, over the proxies that are still there and that it gives something new. */
export interface Propagation {
  readonly revision: number;
  readonly builtAt?: string;
  /** When the first proxy, half of them and all of them had it; absent while that is not so. */
  readonly firstAt?: string;
  readonly halfAt?: string;
  readonly allAt?: string;
  readonly have: number;
  readonly of: number;
}

/** `took`: when each proxy had it, `undefined` for those that have yet to. */
export function propagation(
  { revision, builtAt }: { readonly revision: number; readonly builtAt: EpochMs | undefined },
  took: readonly (EpochMs | undefined)[],
): Propagation {
  const times = took.filter((at) => at !== undefined).sort((a, b) => a - b);
  const whenDid = (count: number): EpochMs | undefined => (count > 0 ? times[count - 1] : undefined);
  return {
    revision,
    ...timeOf('builtAt', builtAt),
    ...timeOf('firstAt', whenDid(Math.min(1, took.length))),
    ...timeOf('halfAt', whenDid(Math.ceil(took.length / 2))),
    ...timeOf('allAt', whenDid(took.length)),
    have: times.length,
    of: took.length,
  };
}

const timeOf = <Name extends string>(name: Name, at: EpochMs | undefined): { readonly [N in Name]?: string } =>
  at === undefined ? {} : ({ [name]: printTimestampMs(at) } as { readonly [N in Name]: string });

/** When a proxy had what a revision gives its view; an empty list for one that has gone, or whose view the revision left as it was. */
export function tookRevision(input: StatusInput, revision: number): readonly (EpochMs | undefined)[] {
  const { head } = input;
  if (head?.revision !== revision) return [];
  const loops = loopStatuses(input);
  if (loops.some(({ status }) => status === 'DISCONNECTED')) return [];
  if (loops.length === 0 || loops.some(({ status }) => status !== 'SYNCED')) return [undefined];
  // What a revision leaves as it was is not sent again.
  return [loops.reduce((latest, { since }) => (since > latest ? since : latest), head.publishedAt)];
}
