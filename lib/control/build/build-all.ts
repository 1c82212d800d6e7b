import { durationMs, type EpochMs } from '../../base/brand.ts';
import type { Queue } from '../../ports/queue.ts';
import type { Records } from '../../ports/records.ts';
import { breather } from './breather.ts';
import { type BuildReasons, countReasons, printReasons } from './build-reasons.ts';
import { firstIssues, newestBuild, noteBuildOutcome } from './build-outcome.ts';
import { buildView, type BuildViewPorts, rejectedIn, type Reign, type ViewFailure } from './build-view.ts';
import type { PublishViewIndex } from '../views/publish-view-index.ts';
import type { Published } from './publish.ts';
import { beginFanOut, endFanOut, type FanOut, newestFanOut, shardMessages, shardsOf } from '../shards/fan-out.ts';
import type { View, WorldAt, Worlds } from './worlds.ts';

export interface BuildAllPorts extends BuildViewPorts {
  readonly records: Records;
  readonly worlds: Worlds;
  /** Tells those who answer polls how the views are found in a world, once these have their snapshots. */
  readonly publishIndex: PublishViewIndex;
  /** The views of all proxies that polled lately, in a given world: what a build is for (VIEW-4). */
  readonly knownViews: (world: WorldAt) => Promise<readonly View[]>;
  /** Absent where the leader has nobody to share the work with. */
  readonly fanOut?: FanOutPorts;
}

/** With whom a leader shares a build that is too large for one invocation. */
export interface FanOutPorts {
  readonly queue: Pick<Queue, 'sendAll'>;
  /** Views × services: up to so much is built at one go, by the leader or by the builder of one shard. */
  readonly shardWork: number;
}

/** What a build came to. `failed` views keep their last good snapshot (BLD-7); a build that was fanned out goes on elsewhere. */
export type BuildReport =
  | { readonly outcome: 'followed' }
  | { readonly outcome: 'fanned-out'; readonly revision: number; readonly views: number; readonly shards: number }
  | { readonly outcome: 'built'; readonly revision: number; readonly views: ViewCounts };

type ViewCounts = Readonly<Record<Published | 'failed', number>>;

/** What came of a build under one reign, and whether someone else wrote meanwhile. */
export interface ReignReport {
  readonly report: BuildReport;
  readonly overtaken: 'no' | 'by others' | 'by a later reign';
}

const FOLLOWED: BuildReport = { outcome: 'followed' };

/** One build of every known view in the newest world: here, or in shards when it is too much for one process (BLD-5). */
export async function buildAll(ports: BuildAllPorts, reign: Reign, reasons: BuildReasons): Promise<ReignReport> {
  const startedAt = ports.clock.now();
  const world = await ports.worlds.newest();
  const views = await ports.knownViews(world);
  const begun = { world, views, reign, reasons, startedAt };
  if (ports.fanOut === undefined) return buildHere(ports, begun);
  const { shardWork } = ports.fanOut;
  const shards = shardsOf(views, { services: world.world.services.length, shardWork });
  return shards.length > 1 ? fanOut(ports, { ...ports.fanOut, shards }, begun) : buildHere(ports, begun);
}

interface BegunBuild {
  readonly world: WorldAt;
  readonly views: readonly View[];
  readonly reign: Reign;
  readonly reasons: BuildReasons;
  readonly startedAt: EpochMs;
}

/** Hands the views over to the builders of shards: first what makes their messages count, then the messages. */
async function fanOut(
  ports: BuildAllPorts,
  { queue, shards }: FanOutPorts & { readonly shards: readonly (readonly View[])[] },
  { world, views, reign, reasons, startedAt }: BegunBuild,
): Promise<ReignReport> {
  const { revision } = world;
  const { epoch, guard } = reign;
  const trigger = printReasons(reasons);
  // The builders of shards do not lead, so it is the leader who has to be above what older reigns left behind.
  const newestEpoch = await ports.heads.newestEpoch();
  if (newestEpoch > epoch) return { report: FOLLOWED, overtaken: 'by a later reign' };
  const before = await newestFanOut(ports.records);
  const issues = firstIssues(world.issues);
  const asked = { epoch, revision, shards: shards.length, startedAt, trigger, issues };
  const begun = await beginFanOut(ports.records, asked, guard);
  if (begun === undefined) return { report: FOLLOWED, overtaken: 'by others' };
  // Where revisions follow each other faster than builds end, polls would find their views by an ever older index.
  if (await wasCutShort(ports.records, before)) await ports.publishIndex({ world, guard });
  await queue.sendAll(shardMessages(begun, shards));
  const counts = { views: views.length, shards: shards.length };
  ports.log.info('fan-out', { trigger, build: begun.build, revision, epoch, ...counts });
  return { report: { outcome: 'fanned-out', revision, ...counts }, overtaken: 'no' };
}

async function wasCutShort(records: Pick<Records, 'get'>, fanOut: FanOut | undefined): Promise<boolean> {
  if (fanOut === undefined || fanOut.shards === 0) return false;
  const ended = await newestBuild(records);
  return ended === undefined || ended.revision < fanOut.revision;
}

async function buildHere(ports: BuildAllPorts, begun: BegunBuild): Promise<ReignReport> {
  const { world, views, reign, reasons, startedAt } = begun;
  const { epoch } = reign;
  const { revision } = world;
  const trigger = printReasons(reasons);
  const isNewest = await endFanOut(ports.records, { epoch, revision, trigger, startedAt }, reign.guard);
  if (!isNewest) return { report: FOLLOWED, overtaken: 'by others' };
  ports.metrics.noteRejectedConfigs(rejectedIn(world.issues));
  const { counts, failures } = await buildEach(ports, begun);
  await ports.publishIndex({ world, guard: reign.guard });
  const duration = durationMs(ports.clock.now() - startedAt);
  ports.metrics.noteBuild(failures.length === 0 ? 'built' : 'failed', duration);
  await noteBuildOutcome(ports.records, { world, failures, at: ports.clock.now() });
  const fields = {
    trigger,
    requests: countReasons(reasons),
    revision,
    epoch,
    views: views.length,
    ...counts,
    issues: world.issues.length,
    ms: duration,
  };
  if (failures.length === 0) ports.log.info('build', fields);
  else ports.log.error('build-failed', { ...fields, reason: failures[0]?.reason });
  return { report: { outcome: 'built', revision, views: counts }, overtaken: overtakenIn(counts) };
}

async function buildEach(ports: BuildAllPorts, { world, views, reign }: BegunBuild) {
  const counts: Record<Published | 'failed', number> = {
    kept: 0,
    replaced: 0,
    'stepped-down': 0,
    'too-old': 0,
    'lost-race': 0,
    failed: 0,
  };
  const failures: ViewFailure[] = [];
  const breathe = breather(ports.clock);
  for (const view of views) {
    await breathe();
    const became = await buildView(ports, { view, world, reign });
    if (typeof became === 'string') counts[became] += 1;
    else {
      counts.failed += 1;
      failures.push(became);
    }
  }
  return { counts, failures };
}

function overtakenIn(counts: ViewCounts): ReignReport['overtaken'] {
  if (counts['stepped-down'] > 0) return 'by a later reign';
  return counts['lost-race'] > 0 ? 'by others' : 'no';
}
