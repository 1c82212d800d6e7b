import type { EpochMs } from '../base/brand.ts';
import type { Issue } from '../base/issue.ts';
import type { RecordKey, Records } from '../ports/records.ts';
import type { WorldAt } from './worlds.ts';

/** What became of the newest build that ended: which revision every known view has, or why some keep an older one (BLD-7). */
export interface BuildOutcome {
  readonly revision: number;
  readonly builtAt: EpochMs;
  readonly buildFailed: boolean;
  /** The first few views that could not be built, and why. */
  readonly failures: readonly { readonly viewKey: string; readonly reason: string }[];
  /** The first few problems of documents that made it into the store and not into the world (BLD-6). */
  readonly issues: readonly Issue[];
}

const KEY: RecordKey = { partition: 'builds', id: 'newest' };
/** Keeps the record small; the log has every one. */
const MAX_LISTED = 50;

interface EndedBuild {
  readonly world: Pick<WorldAt, 'revision' | 'issues'>;
  readonly failures: BuildOutcome['failures'];
  readonly at: EpochMs;
}

/** Writes the outcome unless that of a newer revision is there. Losing the race to another builder is fine: it has seen as much. */
export async function noteBuildOutcome(
  records: Pick<Records, 'get' | 'putIf'>,
  { world, failures, at }: EndedBuild,
): Promise<void> {
  const found = await records.get<BuildOutcome>(KEY);
  if (found && found.record.revision > world.revision) return;
  const outcome: BuildOutcome = {
    revision: world.revision,
    builtAt: at,
    buildFailed: failures.length > 0,
    failures: failures.slice(0, MAX_LISTED),
    issues: world.issues.slice(0, MAX_LISTED),
  };
  await records.putIf(KEY, outcome, found?.etag);
}

export async function newestBuild(records: Pick<Records, 'get'>): Promise<BuildOutcome | undefined> {
  return (await records.get<BuildOutcome>(KEY))?.record;
}
