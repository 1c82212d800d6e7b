import type { LeaseEpoch } from '../lead/lease.ts';
import { leaseEpoch } from '../lead/lease.ts';

/**
 * The work of one shard of a build, or of a part of one. It names views and not their facts: what a proxy's facts come to
 * depends on the world, and a shard is built in the newest one.
 */
export interface ShardMessage {
  /** The number of the fan-out that it belongs to. */
  readonly build: number;
  readonly epoch: LeaseEpoch;
  /** What the leader saw: the builder sees this revision or a newer one. */
  readonly revision: number;
  readonly shard: number;
  /** How many views the whole shard has. */
  readonly shardViews: number;
  readonly viewKeys: readonly string[];
}

/** `undefined` for what no leader sends. By hand: a schema's library would be in every function that builds. */
export function readShardMessage(body: unknown): ShardMessage | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { build, epoch, revision, shard, shardViews, viewKeys } = body as Readonly<Record<string, unknown>>;
  const areCounts = [build, epoch, revision, shard, shardViews].every(isCount);
  if (!areCounts || !Array.isArray(viewKeys) || viewKeys.length === 0 || !viewKeys.every(isText)) return undefined;
  const counts = { build, revision, shard, shardViews } as Pick<
    ShardMessage,
    'build' | 'revision' | 'shard' | 'shardViews'
  >;
  return { ...counts, epoch: leaseEpoch(Number(epoch)), viewKeys };
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
const isText = (value: unknown): value is string => typeof value === 'string';

/** One message for each view: one of them may be what its builder dies of. */
export function singleViews(message: ShardMessage, viewKeys: readonly string[]): readonly ShardMessage[] {
  return viewKeys.map((viewKey) => ({ ...message, viewKeys: [viewKey] }));
}
