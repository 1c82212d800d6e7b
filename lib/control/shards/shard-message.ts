import { z } from 'zod';
import type { LeaseEpoch } from '../lease.ts';
import { leaseEpoch } from '../lease.ts';

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

const wholeNumber = z.number().int().min(0);
const shape = z.object({
  build: wholeNumber,
  epoch: wholeNumber.transform(leaseEpoch),
  revision: wholeNumber,
  shard: wholeNumber,
  shardViews: wholeNumber,
  viewKeys: z.array(z.string()).min(1),
});

/** `undefined` for what no leader sends. */
export function readShardMessage(body: unknown): ShardMessage | undefined {
  return shape.safeParse(body).data;
}

/** One message for each view: one of them may be what its builder dies of. */
export function singleViews(message: ShardMessage, viewKeys: readonly string[]): readonly ShardMessage[] {
  return viewKeys.map((viewKey) => ({ ...message, viewKeys: [viewKey] }));
}
