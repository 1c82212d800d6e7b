import type { EpochMs } from '../../base/brand.ts';
import type { Issue } from '../../base/issue.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import type { Records } from '../../ports/records.ts';
import { type Condition, withCondition } from '../../resources/conditions.ts';
import { kinds } from '../../resources/kinds.ts';
import { keyOf, type Resource, type ResourceKey } from '../../resources/resource.ts';
import { GATEWAY_API_GROUP } from '../../world/gateway-api/route-parent.ts';
import type { StatedObject } from '../../world/gateway-api/stated-condition.ts';
import type { Worlds } from '../build/worlds.ts';
import { type BuildOutcome, builtAtOf, newestBuild } from '../build/build-outcome.ts';
import { countReceipt, distributedAt, NOWHERE, type ProxyLoops, proxyLoops } from './distribution.ts';
import { conditionsOf, type ObjectSight } from './object-conditions.ts';
import { orNothing } from '../config/or-nothing.ts';
import type { ProxyStates } from '../polls/proxy-states.ts';
import { loopStatuses } from './proxy-status.ts';
import type { ServedHeads } from '../build/served-heads.ts';
import { isSecret, validityOf } from './secret-validity.ts';
import { statusReader, type StatusInputPorts } from './status-input.ts';
import { withStatement } from './stated-objects.ts';
import { transitionTimes } from './transition-times.ts';
import type { SourcesShard, StoredReports, ViewReport } from './view-report.ts';

export interface ObjectSightPorts extends StatusInputPorts {
  readonly records: Pick<Records, 'get'>;
  readonly heads: Pick<ServedHeads, 'look' | 'all'>;
  readonly states: Pick<ProxyStates, 'all'>;
  readonly reports: StoredReports;
  readonly worlds: Pick<Worlds, 'newest'>;
}

/** Gives objects the conditions that they have at this moment, beside those that someone wrote (ST-9). */
export type WithConditions = (objects: readonly Resource[]) => Promise<readonly Resource[]>;

/**
 * Reads how far objects got. What it takes depends on how many views and proxies there are, and not on how many objects are asked
 * for; those who ask at the same time share it.
 */
export function objectConditions(ports: ObjectSightPorts): WithConditions {
  const readStatus = statusReader(ports);
  const [withTimes, withStatedTimes] = [transitionTimes(), transitionTimes()];
  let reading: Promise<Fleet> | undefined;
  const readFleet = async (): Promise<Fleet> => {
    const build = await newestBuild(ports.records);
    const proxies = new Map<string, ProxyLoops[]>();
    for (const state of await ports.states.all()) {
      const loops = proxyLoops(loopStatuses(await readStatus(state, build)), state.firstPolledAt);
      proxies.set(state.viewKey, [...(proxies.get(state.viewKey) ?? []), loops]);
    }
    const views: BuiltView[] = [];
    for await (const { id, record } of ports.heads.all()) {
      const report = record.report && (await orNothing(ports.reports.root(record.report)));
      if (report) views.push({ key: id, report, proxies: proxies.get(id) ?? [] });
    }
    return { build, views };
  };
  return async (objects) => {
    if (objects.length === 0) return objects;
    reading ??= readFleet().finally(() => (reading = undefined));
    const fleet = await reading;
    const keys = objects.map(keyOf);
    const statements = await statementsFor(objects, ports.worlds);
    const made = await Promise.all(fleet.views.map(({ report }) => orNothing(ports.reports.madeOf(report, keys))));
    const issues = issuesByObject(fleet);
    const now = ports.clock.now();
    return objects.map((object, index) => {
      const key = keys[index] ?? keyOf(object);
      const sight = sightOf(object, { fleet, made, issues: issues.get(key) ?? [], key, now });
      const validity = isSecret(object) ? validityOf(object, sight.times.built, now) : [];
      const dated = withTimes(object.metadata.uid ?? key, [...conditionsOf(sight), ...validity], now);
      const shown = dated.reduce<Resource>(
        (shownSoFar, condition: Condition) => withCondition(shownSoFar, condition),
        object,
      );
      return withStatement(shown, statements.get(key), { sight, withTimes: withStatedTimes, now });
    });
  };
}

/** What is said of documents of the Gateway API; the world is not asked for where none is shown. */
async function statementsFor(
  objects: readonly Resource[],
  worlds: Pick<Worlds, 'newest'>,
): Promise<ReadonlyMap<ResourceKey, StatedObject>> {
  if (!objects.some(({ kind }) => kinds[kind].group === GATEWAY_API_GROUP)) return new Map();
  const { world } = await worlds.newest();
  return new Map(world.statements.map((each) => [each.target, each]));
}

interface BuiltView {
  readonly key: string;
  readonly report: ViewReport;
  readonly proxies: readonly ProxyLoops[];
}

interface Fleet {
  readonly build: BuildOutcome | undefined;
  readonly views: readonly BuiltView[];
}

interface SightInput {
  readonly fleet: Fleet;
  /** Of each view, in order, what the objects made. */
  readonly made: readonly (SourcesShard | undefined)[];
  readonly issues: readonly Issue[];
  readonly key: string;
  readonly now: EpochMs;
}

function sightOf({ kind, metadata }: Resource, { fleet, made, issues, key, now }: SightInput): ObjectSight {
  const { build, views } = fleet;
  // The mesh itself has a part in everything.
  const depends = views.flatMap((view, index) => {
    const resources = made[index]?.get(key);
    return kind === 'Mesh' || resources ? [{ ...view, resources }] : [];
  });
  const keys = new Set(depends.map((view) => view.key));
  const revision = Number(metadata.resourceVersion ?? 0);
  const createdAt = parseTimestamp(metadata.creationTimestamp ?? '') ?? now;
  const built = (build && builtAtOf(build, revision)) ?? createdAt;
  const receipts = depends.flatMap(({ proxies, resources }) =>
    proxies.map((proxy) => proxy.receiptOf(resources, built)),
  );
  return {
    generation: metadata.generation ?? 0,
    revision,
    builtRevision: build?.revision ?? 0,
    buildFailure: build?.failures.find(({ viewKey }) => keys.has(viewKey))?.reason,
    issues,
    distribution: receipts.reduce(countReceipt, NOWHERE),
    times: {
      built,
      newestBuild: build?.builtAt ?? now,
      distributed: distributedAt(receipts),
      now,
    },
  };
}

/** Problems that the world and the views have, each once however many views have it. */
function issuesByObject({ build, views }: Fleet): ReadonlyMap<string, readonly Issue[]> {
  const byObject = new Map<string, Map<string, Issue>>();
  for (const issue of [...(build?.issues ?? []), ...views.flatMap(({ report }) => report.issues)]) {
    const { resource = '', code, path, message } = issue;
    const known = byObject.get(resource) ?? new Map<string, Issue>();
    byObject.set(resource, known.set(`${code} ${path} ${message}`, issue));
  }
  return new Map([...byObject].map(([resource, issues]) => [resource, [...issues.values()]]));
}
