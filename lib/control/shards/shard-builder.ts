import { durationMs } from '../../base/brand.ts';
import { MAX_RECEIVES, type Queue } from '../../ports/queue.ts';
import type { RecordKey, Records } from '../../ports/records.ts';
import { breather } from '../build/breather.ts';
import { type BuildOutcome, rewordBuildOutcome } from '../build/build-outcome.ts';
import { buildView, type BuildViewPorts, type Reign, type ViewFailure } from '../build/build-view.ts';
import { reignNow } from '../lead/lease-candidate.ts';
import type { PublishViewIndex } from '../views/publish-view-index.ts';
import type { Published } from '../build/publish.ts';
import type { View, WorldAt, Worlds } from '../build/worlds.ts';
import { type FanOut, newestFanOut } from './fan-out.ts';
import { readShardMessage, type ShardMessage, singleViews } from './shard-message.ts';
import { failuresOf, reportShard, type ShardResults } from './shard-reports.ts';

export interface ShardPorts extends BuildViewPorts {
  readonly records: Records;
  readonly worlds: Worlds;
  readonly publishIndex: PublishViewIndex;
  readonly knownViews: (world: WorldAt) => Promise<readonly View[]>;
  readonly queue: Pick<Queue, 'sendAll'>;
  /** The lease of those who lead these builds. */
  readonly lease: RecordKey;
}

/**
 * What became of a message. All but `failed` end it: `stale` belongs to a build that no longer counts, `split` was cut into
 * messages of one view each. A failed one is to be handed out again.
 */
export type ShardOutcome = 'built' | 'split' | 'stale' | 'failed';

export interface ShardBuilder {
  /** Builds what one message of the queue asks for. Throws as the store does; then the message is to be handed out again, too. */
  build(body: unknown, receives: number): Promise<ShardOutcome>;
}

/** Builds shards under the reign of the leader that cut them (BLD-5). Never needs to lead. */
export function shardBuilder(ports: ShardPorts): ShardBuilder {
  const findViews = viewFinder(ports.knownViews);
  return {
    async build(body, receives) {
      const message = readShardMessage(body);
      if (message === undefined) {
        ports.log.error('shard-unreadable', { receives });
        return 'failed';
      }
      const outcome = await buildShard({ ...ports, findViews }, message, receives);
      ports.metrics.noteShard(outcome);
      const { build, shard, revision, viewKeys } = message;
      ports.log.info('shard', { outcome, build, shard, revision, views: viewKeys.length, receives });
      return outcome;
    },
  };
}

type WithFinder = ShardPorts & { readonly findViews: ReturnType<typeof viewFinder> };

async function buildShard(ports: WithFinder, message: ShardMessage, receives: number): Promise<ShardOutcome> {
  const begun = await standing(ports, message);
  if (begun === undefined) return 'stale';
  const work = { message, world: await ports.worlds.newest(), ...begun };
  // Whoever had it before left no word: it died of one of these views, or on the way. If this one dies too, so much is known.
  if (receives > 1) await report(ports, work, { built: [], failures: [], begun: message.viewKeys });
  if (receives > 1 && message.viewKeys.length > 1) return split(ports, message, message.viewKeys);
  const results = await buildViews(ports, work);
  if (results === undefined) return 'stale';
  await report(ports, work, results);
  const { failures } = results;
  if (failures.length === 0) return 'built';
  if (message.viewKeys.length > 1) {
    const failed = failures.map(({ viewKey }) => viewKey);
    return split(ports, message, failed);
  }
  if (receives >= MAX_RECEIVES) giveUp(ports, message, failures);
  return 'failed';
}

/** A message on which someone is at work. */
interface ShardWork extends Standing {
  readonly message: ShardMessage;
  readonly world: WorldAt;
}

interface Standing {
  readonly fanOut: FanOut;
  readonly reign: Reign;
}

/** The build and the reign that a message belongs to, while both are the newest (BLD-2). */
async function standing(
  { records, lease }: Pick<ShardPorts, 'records' | 'lease'>,
  message: ShardMessage,
): Promise<Standing | undefined> {
  const [fanOut, reign] = await Promise.all([newestFanOut(records), reignNow(records, lease)]);
  const isCurrent = fanOut?.build === message.build && fanOut.epoch === message.epoch && reign?.epoch === message.epoch;
  return isCurrent ? { fanOut, reign } : undefined;
}

/** Goes on with these views one by one, so that the one which fails, or kills its builder, does that to no other. */
async function split(ports: WithFinder, message: ShardMessage, viewKeys: readonly string[]): Promise<ShardOutcome> {
  await ports.queue.sendAll(singleViews(message, viewKeys));
  return 'split';
}

/** `undefined` when another build or reign has begun meanwhile. */
async function buildViews(ports: WithFinder, work: ShardWork): Promise<ShardResults | undefined> {
  const { message, world } = work;
  const breathe = breather(ports.clock);
  const views = await ports.findViews(world, message.viewKeys);
  // Views that nobody has any more, or that the newer world knows by another key, are done.
  const built = message.viewKeys.filter((key) => !views.has(key));
  const failures: ViewFailure[] = [];
  let { reign } = work;
  for (const view of views.values()) {
    await breathe();
    const became = await buildUnder(ports, message, { view, world, reign });
    if (became === undefined) return undefined;
    reign = became.reign;
    if (typeof became.outcome === 'string') built.push(view.key);
    else failures.push(became.outcome);
  }
  return { built, failures, begun: [] };
}

interface BuiltUnder {
  readonly outcome: 'in place' | ViewFailure;
  readonly reign: Reign;
}

/** The lease is renewed, and released, while its reign goes on; so often is a view tried with the lease as it is then. */
const MAX_ATTEMPTS = 5;

async function buildUnder(
  ports: WithFinder,
  message: ShardMessage,
  build: { readonly view: View; readonly world: WorldAt; readonly reign: Reign },
): Promise<BuiltUnder | undefined> {
  let { reign } = build;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const outcome = await buildView(ports, { ...build, reign });
    if (typeof outcome !== 'string') return { outcome, reign };
    if (isInPlace(outcome)) return { outcome: 'in place', reign };
    const now = await standing(ports, message);
    if (now === undefined) return undefined;
    ({ reign } = now);
  }
  return { outcome: { viewKey: build.view.key, reason: 'others wrote the head of this view all the time' }, reign };
}

/** Whether the view serves this snapshot or that of a newer revision. */
const isInPlace = (outcome: Published): boolean => outcome !== 'lost-race' && outcome !== 'stepped-down';

/** Says what became of the views, and words the outcome of the whole build if this was the last word that it lacked. */
async function report(ports: WithFinder, work: ShardWork, results: ShardResults): Promise<void> {
  const { records, clock } = ports;
  const { message, fanOut } = work;
  await reportShard(records, message, results);
  const readFailures = async (): Promise<readonly ViewFailure[] | undefined> =>
    (await newestFanOut(records))?.build === fanOut.build ? failuresOf(records, fanOut) : undefined;
  if ((await readFailures()) === undefined) return;
  await publishIndex(ports, work);
  const worded = await rewordBuildOutcome(records, async () => {
    const failures = await readFailures();
    return failures && { world: fanOut, failures, at: clock.now() };
  });
  if (worded) noteOutcome(ports, fanOut, worded);
}

/** As the leader does when it has built all views itself. The index of a newer world is left to the build of that world. */
async function publishIndex(ports: WithFinder, { message, world, fanOut }: ShardWork): Promise<void> {
  if (world.revision !== fanOut.revision) return;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const now = await standing(ports, message);
    if (now === undefined) return;
    if ((await ports.publishIndex({ world, guard: now.reign.guard })) !== 'lost-race') return;
  }
}

function noteOutcome(
  { metrics, log }: WithFinder,
  fanOut: FanOut,
  { builtAt, buildFailed, failures }: BuildOutcome,
): void {
  const duration = durationMs(builtAt - fanOut.startedAt);
  metrics.noteBuild(buildFailed ? 'failed' : 'built', duration);
  const { trigger, build, revision, epoch, shards } = fanOut;
  const fields = { trigger, build, revision, epoch, shards, failed: failures.length, ms: duration };
  if (buildFailed) log.error('build-failed', { ...fields, reason: failures[0]?.reason });
  else log.info('build', fields);
}

/** The message goes to the dead letters now: somebody has to look. */
function giveUp({ metrics, log }: WithFinder, { revision }: ShardMessage, failures: readonly ViewFailure[]): void {
  for (const { viewKey, reason } of failures) {
    metrics.noteGivenUpView();
    log.error('view-given-up', { view: viewKey, revision, attempts: MAX_RECEIVES, reason });
  }
}

/** The views of a world by their keys. They are listed once per world, and again for a key that was not there then. */
function viewFinder(
  knownViews: ShardPorts['knownViews'],
): (world: WorldAt, keys: readonly string[]) => Promise<ReadonlyMap<string, View>> {
  let listed: { readonly world: WorldAt; readonly views: ReadonlyMap<string, View> } | undefined;
  return async (world, keys) => {
    if (listed?.world !== world || keys.some((key) => !listed?.views.has(key))) {
      listed = { world, views: new Map((await knownViews(world)).map((view) => [view.key, view])) };
    }
    const { views } = listed;
    return new Map(keys.flatMap((key) => views.get(key) ?? []).map((view) => [view.key, view]));
  };
}
