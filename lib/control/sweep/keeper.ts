import { durationMs, type DurationMs } from '../../base/brand.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Records } from '../../ports/records.ts';
import { forgetView } from '../views/forget-view.ts';
import type { Metrics } from '../metrics.ts';
import { namedBlobs } from './named-blobs.ts';
import { notingDamage } from '../noting-damage.ts';
import { raiseFloor } from './revision-floor.ts';
import { blobReader } from '../revisions/blob-reader.ts';
import { readHead } from '../revisions/head.ts';
import type { ServedHeads } from '../build/served-heads.ts';
import { forgetGoneProxies } from './stored-proxies.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';
import { type SweepStep, sweepStep } from './sweep-blobs.ts';
import type { ViewRegistry } from '../views/view-registry.ts';
import { isExpired, VIEW_RETENTION } from '../views/views-to-build.ts';

/** How long things are kept that nothing needs any more. */
export interface KeeperRetention {
  /** How long a blob must have been named by nothing before it is swept. */
  readonly blobs: DurationMs;
  /** How long one can go back to a revision; `undefined` keeps them all. */
  readonly revisions: DurationMs | undefined;
}

export const KEEPER_RETENTION: KeeperRetention = { blobs: durationMs(24 * 60 * 60_000), revisions: undefined };

export interface KeeperPorts {
  readonly blobs: Blobs;
  readonly records: Records;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'noteSwept' | 'noteCorruptStore'>;
  readonly heads: ServedHeads;
  readonly snapshots: StoredSnapshots;
  readonly registry: ViewRegistry;
}

/** Takes away what nobody needs any more: proxies that have gone, views that nobody polls, what can no longer be gone back to, blobs that nothing names. */
export interface Keeper {
  /** One bounded step; true when there is nothing left to do for now. Throws what the store says; whoever leads then goes on. */
  step(): Promise<boolean>;
}

export function keeper(ports: KeeperPorts, retention: KeeperRetention = KEEPER_RETENTION): Keeper {
  const sweep = { ...ports, namedBlobs: namedBlobs(ports) };
  const reader = blobReader(ports.blobs);
  const stepNow = async (): Promise<boolean> => {
    const views = await forgetViews(ports);
    const heads = await removeUnregistered(ports);
    const proxies = await forgetGoneProxies(ports.records, ports.clock);
    const oldestRevision = await moveFloor(ports, reader, retention);
    const swept = await sweepStep(sweep, { retention: retention.blobs });
    tell(ports, { ...swept, views, heads, proxies, oldestRevision });
    return swept.isLast;
  };
  return { step: () => notingDamage(ports.metrics, stepNow) };
}

async function forgetViews({ registry, heads, clock }: KeeperPorts): Promise<number> {
  const now = clock.now();
  let forgotten = 0;
  for (const view of await registry.all()) {
    if (isExpired(view.stored.record, now) && (await forgetView({ registry, heads }, view))) forgotten += 1;
  }
  return forgotten;
}

/** Heads without a registration are served to nobody. The list of heads comes first: a new view is registered before it has one. */
async function removeUnregistered({ heads, registry, clock }: KeeperPorts): Promise<number> {
  const all = [];
  for await (const head of heads.all()) all.push(head);
  const registered = new Set((await registry.all()).map(({ stored }) => stored.id));
  let removed = 0;
  for (const head of all) {
    const isOld = clock.now() - head.record.publishedAt >= VIEW_RETENTION.abandoned;
    if (isOld && !registered.has(head.id) && (await heads.remove(head))) removed += 1;
  }
  return removed;
}

async function moveFloor(
  { records, clock }: KeeperPorts,
  reader: ReturnType<typeof blobReader>,
  { revisions }: KeeperRetention,
): Promise<number> {
  const newest = await readHead(records);
  if (!newest || revisions === undefined) return 0;
  return raiseFloor(records, reader, { newest: newest.record, age: revisions, now: clock.now() });
}

interface Kept extends SweepStep {
  readonly views: number;
  readonly heads: number;
  readonly proxies: number;
  readonly oldestRevision: number;
}

function tell({ log, metrics }: KeeperPorts, kept: Kept): void {
  metrics.noteSwept({ blobs: kept.removed, bytes: kept.removedBytes, views: kept.views });
  log.info('sweep', { ...kept });
}
