import type { RecordKey, Records } from '../../ports/records.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import type { ViewFailure } from '../build/build-view.ts';
import type { LeaseEpoch } from '../lead/lease.ts';
import { listAll } from '../list-all.ts';
import type { FanOut } from './fan-out.ts';
import type { ShardMessage } from './shard-message.ts';

/** What became of the views of one message. */
export interface ShardResults {
  readonly built: readonly string[];
  readonly failures: readonly ViewFailure[];
  /** Views that an attempt was to build of which nothing more is known. */
  readonly begun: readonly string[];
}

/** What is known of one shard of the newest fan-out; every shard number has one record, build after build. */
interface ShardReport {
  readonly build: number;
  readonly epoch: LeaseEpoch;
  /** How many views the shard has. */
  readonly views: number;
  readonly built: readonly string[];
  /** Why views that are not built could not be, at the last attempt. */
  readonly failures: Readonly<Record<string, string>>;
}

const PARTITION = 'shards';
const keyOf = (shard: number): RecordKey => ({ partition: PARTITION, id: String(shard).padStart(6, '0') });

/** The parts of one shard that were cut out of it write to the same report. */
const MAX_ATTEMPTS = 20;

/**
 * Adds to what is known of a shard. A view that was built once is built, whatever a doubled or late message tells of it; a
 * failure holds until the view is built. What a newer build reported stays.
 */
export async function reportShard(
  records: Pick<Records, 'get' | 'putIf'>,
  message: ShardMessage,
  results: ShardResults,
): Promise<void> {
  const key = keyOf(message.shard);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const found = await records.get<ShardReport>(key);
    if (found && isNewer(found.record, message)) return;
    const next = withResults(found?.record, message, results);
    if ((await records.putIf(key, next, found?.etag)) !== undefined) return;
  }
  throw new StoreUnavailable(`${key.partition}/${key.id}`, new Error(`lost ${MAX_ATTEMPTS} races`));
}

/** The views that could not be built so far; `undefined` while some shard has views of which nothing is known. */
export async function failuresOf(
  records: Pick<Records, 'list'>,
  fanOut: FanOut,
): Promise<readonly ViewFailure[] | undefined> {
  const reports: ShardReport[] = [];
  for await (const { record } of listAll<ShardReport>(records, PARTITION)) {
    if (isOf(record, fanOut)) reports.push(record);
  }
  if (reports.filter(isComplete).length < fanOut.shards) return undefined;
  return reports.flatMap(({ failures }) => Object.entries(failures).map(([viewKey, reason]) => ({ viewKey, reason })));
}

type BuildName = Pick<FanOut, 'build' | 'epoch'>;

const isOf = (one: BuildName, other: BuildName): boolean => one.build === other.build && one.epoch === other.epoch;

const isNewer = (one: BuildName, other: BuildName): boolean =>
  one.epoch === other.epoch ? one.build > other.build : one.epoch > other.epoch;

const isComplete = ({ views, built, failures }: ShardReport): boolean =>
  built.length + Object.keys(failures).length >= views;

function withResults(known: ShardReport | undefined, message: ShardMessage, results: ShardResults): ShardReport {
  const { build, epoch, shardViews } = message;
  const before = known && isOf(known, message) ? known : { build, epoch, views: shardViews, built: [], failures: {} };
  const built = new Set([...before.built, ...results.built]);
  const failed = [
    ...results.begun.map((viewKey) => [viewKey, 'an attempt to build this view did not end'] as const),
    ...Object.entries(before.failures),
    ...results.failures.map(({ viewKey, reason }) => [viewKey, reason] as const),
  ];
  const failures = Object.fromEntries(failed.filter(([viewKey]) => !built.has(viewKey)));
  return { ...before, built: [...built], failures };
}
