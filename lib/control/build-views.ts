import { durationMs } from '../base/brand.ts';
import { unreachable } from '../base/unreachable.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { RecordGuard, RecordKey, Records } from '../ports/records.ts';
import type { Manifest } from '../snapshot/manifest.ts';
import type { ViewKey } from '../view/proxy-view.ts';
import { noteBuildOutcome } from './build-outcome.ts';
import { currentEpoch, type LeaseCandidate, leaseCandidate } from './lease-candidate.ts';
import { leaseEpoch, type LeaseEpoch, leaseKey } from './lease.ts';
import type { Metrics } from './metrics.ts';
import type { PublishViewIndex } from './publish-view-index.ts';
import { publish, type Published } from './publish.ts';
import type { SealView } from './seal-view.ts';
import type { ServedHeads } from './served-heads.ts';
import type { StoredSnapshots } from './stored-snapshots.ts';
import type { View, WorldAt, Worlds } from './worlds.ts';

export interface BuildPorts {
  readonly blobs: Blobs;
  readonly records: Records;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly heads: ServedHeads;
  readonly snapshots: StoredSnapshots;
  readonly worlds: Worlds;
  /** What a view is given, made with what was built before (BLD-3). */
  readonly sealView: SealView;
  /** Tells those who answer polls how the views are found in a world, once these have their snapshots. */
  readonly publishIndex: PublishViewIndex;
  /** The views of all proxies that polled lately, in a given world: what a build is for (VIEW-4). */
  readonly knownViews: (world: WorldAt) => Promise<readonly View[]>;
  /** The name under which this process leads: of this process alone, or the same after a restart where nobody else has the store. */
  readonly holder: string;
  /** The label under which this configuration is built; each has a leader of its own (LE-16). */
  readonly revisionLabel: string;
}

/** What a build came to. `failed` views keep their last good snapshot (BLD-7). */
export type BuildReport = { readonly outcome: 'followed' } | BuiltReport;

interface BuiltReport {
  readonly outcome: 'built';
  readonly revision: number;
  readonly views: Readonly<Record<Published | 'failed', number>>;
}

export interface Builder {
  /** Builds the newest revision for every known view; calls while one runs share the one after it (BLD-1). */
  build(trigger: string): Promise<BuildReport>;
  /**
   * Builds one view within the poll that asks for it; polls that ask together share it. False when so many are under way that this
   * one is better asked for again (ROL-6).
   */
  buildOnDemand(view: View, world: WorldAt): Promise<boolean>;
  /** Lets another builder lead at once, for a process that may not come back. */
  stepDown(): Promise<void>;
}

/** Each takes processor time from the polls that need no build. */
const MAX_ON_DEMAND = 64;

export function builder(ports: BuildPorts): Builder {
  const lease = leaseKey('builder', ports.revisionLabel);
  // One lease per label: nobody takes it from a living holder.
  const candidate = leaseCandidate(ports, lease, { identity: ports.holder, key: '', mayTakeFrom: () => false });
  let fence = leaseEpoch(0);
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<BuildReport> | undefined;
  const onDemand = new Map<ViewKey, Promise<boolean>>();

  const buildNow = async (trigger: string): Promise<BuildReport> => {
    next = undefined; // whatever is asked for from here on needs another build: this one reads its world now
    ports.metrics.noteTrigger(trigger);
    const reign = await lead(candidate, fence);
    if (reign === undefined) return { outcome: 'followed' };
    const report = await buildAll(ports, reign, trigger);
    if (report.views['stepped-down'] + report.views['lost-race'] === 0) return report;
    // Someone else wrote. Either another builder leads by now, or a first poll was faster, or the lease was lost and its reigns
    // are numbered anew: then this one has to go above what older reigns left behind.
    if (report.views['stepped-down'] > 0) fence = leaseEpoch((await ports.heads.newestEpoch()) + 1);
    const again = await lead(candidate, fence);
    return again === undefined ? { outcome: 'followed' } : buildAll(ports, again, trigger);
  };
  return {
    build(trigger) {
      next ??= running.then(() => buildNow(trigger));
      running = next.catch(() => undefined); // the caller has the failure; the next build must not inherit it
      return next;
    },
    async buildOnDemand(view, world) {
      const under = onDemand.get(view.key);
      if (under) return under;
      if (onDemand.size >= MAX_ON_DEMAND) return false;
      const building = buildFirst(ports, lease, { view, world }).finally(() => onDemand.delete(view.key));
      onDemand.set(view.key, building);
      return building;
    },
    async stepDown() {
      await running;
      await candidate.release();
    },
  };
}

interface Reign {
  readonly epoch: LeaseEpoch;
  readonly guard: RecordGuard;
}

/** `undefined` while another one leads. Throws what the store said when it cannot be known, so that the build is repeated. */
async function lead(candidate: LeaseCandidate, atLeast: LeaseEpoch): Promise<Reign | undefined> {
  const attempt = await candidate.attempt(atLeast);
  switch (attempt.outcome) {
    case 'leads':
      return attempt;
    case 'follows':
      return undefined;
    case 'unknown':
      throw attempt.error;
    default:
      return unreachable(attempt);
  }
}

async function buildAll(ports: BuildPorts, reign: Reign, trigger: string): Promise<BuiltReport> {
  const { epoch } = reign;
  const started = ports.clock.now();
  const world = await ports.worlds.newest();
  const views = await ports.knownViews(world);
  const counts: Record<Published | 'failed', number> = {
    kept: 0,
    replaced: 0,
    'stepped-down': 0,
    'too-old': 0,
    'lost-race': 0,
    failed: 0,
  };
  const failures: ViewFailure[] = [];
  for (const view of views) {
    const became = await buildView(ports, { view, world, reign });
    if (typeof became === 'string') counts[became] += 1;
    else {
      counts.failed += 1;
      failures.push(became);
    }
  }
  await ports.publishIndex({ world, guard: reign.guard });
  const duration = durationMs(ports.clock.now() - started);
  ports.metrics.noteBuild(failures.length === 0 ? 'built' : 'failed', duration);
  await noteBuildOutcome(ports.records, { world, failures, at: ports.clock.now() });
  const { revision, issues } = world;
  const fields = { trigger, revision, epoch, views: views.length, ...counts, issues: issues.length, ms: duration };
  if (failures.length === 0) ports.log.info('build', fields);
  else ports.log.error('build-failed', { ...fields, reason: failures[0]?.reason });
  return { outcome: 'built', revision, views: counts };
}

/** A view whose build threw: a mistake of ours, never of a document's author. */
export interface ViewFailure {
  readonly viewKey: ViewKey;
  readonly reason: string;
}

interface ViewBuild {
  readonly view: View;
  readonly world: WorldAt;
  readonly reign: Pick<Reign, 'epoch'> & Partial<Reign>;
}

async function buildView(ports: BuildPorts, build: ViewBuild): Promise<Published | ViewFailure> {
  const { view, world } = build;
  try {
    return await sealAndPublish(ports, build);
  } catch (error) {
    // One view that cannot be built stops neither the others nor the service: it keeps its last good snapshot (BLD-7).
    const reason = error instanceof Error ? error.message : String(error);
    ports.metrics.noteInternalError();
    ports.log.error('view-failed', { view: view.key, revision: world.revision, reason });
    return { viewKey: view.key, reason };
  }
}

async function sealAndPublish(ports: BuildPorts, { view, world, reign }: ViewBuild): Promise<Published> {
  const { epoch, guard } = reign;
  const started = ports.clock.now();
  const { sealed, issues } = ports.sealView(world, view);
  const outcome = await publish(ports, {
    viewKey: view.key,
    sealed,
    revision: world.revision,
    epoch,
    ...(guard && { guard }),
    at: ports.clock.now(),
  });
  ports.metrics.notePublished(outcome);
  if (outcome !== 'kept') {
    const fields = { view: view.key, revision: world.revision, epoch, outcome, issues: issues.length };
    const resources = resourceCounts(sealed.manifest);
    const ms = ports.clock.now() - started;
    ports.log.info('publish', { ...fields, manifest: sealed.manifestHash, ...resources, ms });
  }
  return outcome;
}

function resourceCounts(manifest: Manifest): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(manifest).map(([type, { size }]) => [type, size]));
}

/** A snapshot of a view that no leader builds for yet, under the reign that is on. */
async function buildFirst(
  ports: BuildPorts,
  lease: RecordKey,
  { view, world }: Pick<ViewBuild, 'view' | 'world'>,
): Promise<true> {
  const epoch = await currentEpoch(ports.records, lease);
  ports.metrics.noteTrigger('proxy');
  await sealAndPublish(ports, { view, world, reign: { epoch } });
  return true;
}
