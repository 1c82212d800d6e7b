import type { Issue } from '../../base/issue.ts';
import type { RecordGuard } from '../../ports/records.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import type { SeenReign } from '../lead/lease-candidate.ts';
import type { LeaseEpoch } from '../lead/lease.ts';
import type { Metrics } from '../metrics.ts';
import { notingDamage } from '../noting-damage.ts';
import { publish, type Published } from './publish.ts';
import type { SealView } from './seal-view.ts';
import type { ServedHeads } from './served-heads.ts';
import type { StoredSnapshots } from './stored-snapshots.ts';
import type { ReportSealer, StoredReports } from '../status/view-report.ts';
import type { View, WorldAt } from './worlds.ts';

export interface BuildViewPorts {
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly heads: ServedHeads;
  readonly snapshots: StoredSnapshots;
  /** What a view is given, made with what was built before (BLD-3). */
  readonly sealView: SealView;
  readonly sealReport: ReportSealer;
  readonly reports: StoredReports;
}

/** Under which a build publishes: the number of the reign, and the lease as it was seen (LE-20). */
export interface Reign {
  readonly epoch: LeaseEpoch;
  readonly guard: RecordGuard;
}

export interface ViewBuild {
  readonly view: View;
  readonly world: WorldAt;
  /** The builder's own, or for a view that no leader builds for yet the one that was seen. */
  readonly reign: SeenReign;
}

/** A view whose build threw: a mistake of ours, never of a document's author. */
export interface ViewFailure {
  readonly viewKey: string;
  readonly reason: string;
}

/** Builds one view. One that cannot be built stops neither the others nor the service: it keeps its last good snapshot (BLD-7). */
export async function buildView(ports: BuildViewPorts, build: ViewBuild): Promise<Published | ViewFailure> {
  const { view, world } = build;
  try {
    return await notingDamage(ports.metrics, () => sealAndPublish(ports, build));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    ports.metrics.noteInternalError();
    ports.log.error('view-failed', { view: view.key, revision: world.revision, reason });
    return { viewKey: view.key, reason };
  }
}

/** The same, and throws what went wrong. */
export async function sealAndPublish(ports: BuildViewPorts, { view, world, reign }: ViewBuild): Promise<Published> {
  const { epoch, guard } = reign;
  const started = ports.clock.now();
  const { sealed, notes } = ports.sealView(world, view);
  const outcome = await publish(ports, {
    viewKey: view.key,
    sealed,
    report: ports.sealReport.seal(view.key, notes),
    revision: world.revision,
    epoch,
    ...(guard && { guard }),
    at: ports.clock.now(),
  });
  ports.metrics.notePublished(outcome);
  if (outcome !== 'kept') {
    ports.metrics.noteRejectedConfigs(rejectedIn(notes.issues));
    const fields = { view: view.key, revision: world.revision, epoch, outcome, issues: notes.issues.length };
    const resources = resourceCounts(sealed.manifest);
    const ms = ports.clock.now() - started;
    ports.log.info('publish', { ...fields, manifest: sealed.manifestHash, ...resources, ms });
  }
  return outcome;
}

/** The documents that are left out, or not carried out whole, each once. */
export const rejectedIn = (issues: readonly Issue[]): readonly string[] => [
  ...new Set(issues.flatMap(({ severity, resource }) => (severity === 'error' && resource ? [resource] : []))),
];

function resourceCounts(manifest: Manifest): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(manifest).map(([type, { size }]) => [type, size]));
}
