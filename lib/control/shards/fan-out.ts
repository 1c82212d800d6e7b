import type { EpochMs } from '../../base/brand.ts';
import { hashOf } from '../../base/hashing.ts';
import type { Issue } from '../../base/issue.ts';
import type { RecordGuard, RecordKey, Records } from '../../ports/records.ts';
import type { LeaseEpoch } from '../lead/lease.ts';
import type { View } from '../build/worlds.ts';
import type { ShardMessage } from './shard-message.ts';

/** The build that is under way in shards, if one is: whatever does not belong to it is of yesterday. */
export interface FanOut {
  /** Grows by one with every build that is fanned out, and with every one that ends such a build. */
  readonly build: number;
  readonly epoch: LeaseEpoch;
  readonly revision: number;
  /** 0 when the newest build was not fanned out. */
  readonly shards: number;
  readonly startedAt: EpochMs;
  readonly trigger: string;
  /** The first few problems of documents, for the outcome. */
  readonly issues: readonly Issue[];
}

const KEY: RecordKey = { partition: 'builds', id: 'fan-out' };

export type NewFanOut = Omit<FanOut, 'build'>;

export async function newestFanOut(records: Pick<Records, 'get'>): Promise<FanOut | undefined> {
  return (await records.get<FanOut>(KEY))?.record;
}

/** From here on no other fan-out counts. `undefined` when someone else leads by now, or was faster. */
export async function beginFanOut(
  records: Pick<Records, 'get' | 'putGuarded'>,
  begun: NewFanOut,
  guard: RecordGuard,
): Promise<FanOut | undefined> {
  const before = await records.get<FanOut>(KEY);
  const fanOut: FanOut = { ...begun, build: (before?.record.build ?? 0) + 1 };
  const won = await records.putGuarded(KEY, fanOut, { expected: before?.etag, guard });
  return won && fanOut;
}

/** Ends what was fanned out before, for a leader that builds all by itself. False as for `beginFanOut`. */
export async function endFanOut(
  records: Pick<Records, 'get' | 'putGuarded'>,
  ended: Omit<NewFanOut, 'shards' | 'issues'>,
  guard: RecordGuard,
): Promise<boolean> {
  const before = await newestFanOut(records);
  if (before === undefined || before.shards === 0) return true;
  return (await beginFanOut(records, { ...ended, shards: 0, issues: [] }, guard)) !== undefined;
}

/**
 * Views × services: some 12 s for a builder that starts from nothing, since a view of 1,000 services takes it 250 ms; one that is
 * warm needs a fraction. The functions that build have minutes, of which reading the world takes some, too.
 */
export const USUAL_SHARD_WORK = 50_000;

/** Keeps a message and a report small, however little there is to do for each view. */
const MAX_SHARD_VIEWS = 100;

/** The views in shards of about so much work, which is views × services; one shard when that is all there is to do. */
export function shardsOf(
  views: readonly View[],
  { services, shardWork }: { readonly services: number; readonly shardWork: number },
): readonly (readonly View[])[] {
  const size = Math.min(MAX_SHARD_VIEWS, Math.max(1, Math.floor(shardWork / Math.max(1, services))));
  return Array.from({ length: Math.ceil(views.length / size) }, (_, n) => views.slice(n * size, (n + 1) * size));
}

/** The messages of a build, in an order of its own: where builds follow each other fast, no view is always last. */
export function shardMessages(
  { build, epoch, revision }: Pick<FanOut, 'build' | 'epoch' | 'revision'>,
  shards: readonly (readonly View[])[],
): readonly ShardMessage[] {
  const messages = shards.map((views, shard) => {
    const viewKeys = views.map(({ key }) => key);
    return { order: hashOf([build, shard]), build, epoch, revision, shard, shardViews: views.length, viewKeys };
  });
  return messages.sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ order: _order, ...message }) => message);
}
