import type { EpochMs } from '../../base/brand.ts';
import { isSameJson } from '../../base/same-json.ts';
import type { Issue } from '../../base/issue.ts';
import type { RecordKey, Records } from '../../ports/records.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import type { WorldAt } from './worlds.ts';

/** What became of the newest build that ended: which revision every known view has, or why some keep an older one (BLD-7). */
export interface BuildOutcome {
  readonly revision: number;
  readonly builtAt: EpochMs;
  readonly buildFailed: boolean;
  /** The first few views that could not be built, and why. */
  readonly failures: readonly { readonly viewKey: string; readonly reason: string }[];
  /** Problems of documents that made it into the store and not, or not whole, into the world (BLD-6); of very many the first. */
  readonly issues: readonly Issue[];
  /** When each of the newest revisions was built first, the newest last; absent in outcomes of an earlier release. */
  readonly firstBuilt?: readonly (readonly [revision: number, at: EpochMs])[];
}

const KEY: RecordKey = { partition: 'builds', id: 'newest' };
/** Keeps the record small; the log has every one. */
const MAX_LISTED = 50;

export interface EndedBuild {
  readonly world: Pick<WorldAt, 'revision' | 'issues'>;
  readonly failures: BuildOutcome['failures'];
  readonly at: EpochMs;
}

/** Writes the outcome unless that of a newer revision is there. Losing the race to another builder is fine: it has seen as much. */
export async function noteBuildOutcome(records: Pick<Records, 'get' | 'putIf'>, ended: EndedBuild): Promise<void> {
  const found = await records.get<BuildOutcome>(KEY);
  if (found && found.record.revision > ended.world.revision) return;
  await records.putIf(KEY, outcomeOf(ended, found?.record), found?.etag);
}

const MAX_ATTEMPTS = 20;

/**
 * Words the outcome of a build whose parts end one by one, as often as its wording changes; `undefined` when it did not. `read` is
 * called after the look at the outcome that it replaces: of two who word it at a time, the one who knows less never has the last word.
 */
export async function rewordBuildOutcome(
  records: Pick<Records, 'get' | 'putIf'>,
  read: () => Promise<EndedBuild | undefined>,
): Promise<BuildOutcome | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const found = await records.get<BuildOutcome>(KEY);
    const ended = await read();
    if (ended === undefined || (found && found.record.revision > ended.world.revision)) return undefined;
    const outcome = outcomeOf(ended, found?.record);
    if (found && saysTheSame(found.record, outcome)) return undefined;
    if ((await records.putIf(KEY, outcome, found?.etag)) !== undefined) return outcome;
  }
  throw new StoreUnavailable(`${KEY.partition}/${KEY.id}`, new Error(`lost ${MAX_ATTEMPTS} races`));
}

const saysTheSame = ({ builtAt: _a, ...one }: BuildOutcome, { builtAt: _b, ...other }: BuildOutcome): boolean =>
  isSameJson(one, other);

const outcomeOf = ({ world, failures, at }: EndedBuild, before: BuildOutcome | undefined): BuildOutcome => ({
  revision: world.revision,
  builtAt: at,
  buildFailed: failures.length > 0,
  failures: failures.slice(0, MAX_LISTED),
  issues: firstIssues(world.issues),
  firstBuilt: builtBy(before?.firstBuilt ?? [], [world.revision, at]),
});

type FirstBuilt = NonNullable<BuildOutcome['firstBuilt']>;

/** Revisions further back count as built when their objects came to be: 3 KB are read with every status. */
const MAX_REVISIONS = 100;

function builtBy(before: FirstBuilt, built: FirstBuilt[number]): FirstBuilt {
  const isKnown = built[0] <= (before.at(-1)?.[0] ?? -1);
  return isKnown ? before : [...before, built].slice(-MAX_REVISIONS);
}

/** When a revision, or the first later one, was built: it is in the snapshots from then on. `undefined` where that is forgotten. */
export function builtAtOf({ firstBuilt = [] }: BuildOutcome, revision: number): EpochMs | undefined {
  const isForgotten = revision < (firstBuilt[0]?.[0] ?? 0) && firstBuilt.length === MAX_REVISIONS;
  return isForgotten ? undefined : firstBuilt.find(([built]) => built >= revision)?.[1];
}

/** Far more than anyone reads, and well within what every store holds in one record. */
const MAX_ISSUE_CHARACTERS = 100_000;

export function firstIssues(issues: readonly Issue[]): readonly Issue[] {
  let left = MAX_ISSUE_CHARACTERS;
  const tooMany = issues.findIndex((issue) => (left -= JSON.stringify(issue).length) < 0);
  return tooMany < 0 ? issues : issues.slice(0, tooMany);
}

export async function newestBuild(records: Pick<Records, 'get'>): Promise<BuildOutcome | undefined> {
  return (await records.get<BuildOutcome>(KEY))?.record;
}
