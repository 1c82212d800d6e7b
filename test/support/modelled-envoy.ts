import { durationMs, epochMs } from '../../lib/base/brand.ts';
import { type ContentHash, hashBytes, hashOf } from '../../lib/base/hashing.ts';
import { noEndpoints } from '../../lib/delivery/no-endpoints.ts';
import { channelOf, type SeenPoll, type ServedPoll, servePoll, type Standing } from '../../lib/delivery/serve-poll.ts';
import type { ContentsOf, StepContents } from '../../lib/delivery/trail.ts';
import type { XdsType } from '../../lib/envoy/envoy-resource.ts';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { versionOf } from '../../lib/snapshot/version-info.ts';

/** A snapshot as far as order depends on it: who names whom. */
export interface ModelSnapshot {
  /** Cluster -> the revision of its body. */
  readonly clusters: Readonly<Record<string, number>>;
  /** Cluster -> how many endpoints it has; those without an entry have none of their own. */
  readonly endpoints: Readonly<Record<string, number>>;
  /** Route configuration -> the clusters that it names. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
  /** Listener -> what it names itself. */
  readonly listeners: Readonly<Record<string, ModelListener>>;
}

export interface ModelListener {
  readonly routes: readonly string[];
  readonly clusters: readonly string[];
}

/** Who answers the modelled polls; a test may put a broken one in place of `servePoll`. */
export type Serve = (standing: Standing, poll: SeenPoll, contentsOf: ContentsOf) => ServedPoll;

/** The control plane's side: the snapshots that were ever published, and what it remembers of the one proxy. */
export interface ModelServer {
  standing: Standing;
  newest: ContentHash;
  now: number;
  publish(snapshot: ModelSnapshot): void;
  answer(type: XdsType, names: readonly string[], carried: string): ModelAnswer;
}

export interface ModelAnswer {
  readonly versionInfo: string;
  /** Newest first; of clusters all count, of anything else there is one at most. */
  readonly from: readonly ModelSnapshot[];
}

export const MODEL_REFRESH = durationMs(1_000);

export function modelServer(first: ModelSnapshot, serve: Serve = servePoll): ModelServer {
  const snapshots = new Map<ContentHash, ModelSnapshot>();
  const contentsOf = (hash: ContentHash): StepContents => stepContents(snapshotOf(snapshots, hash));
  const server: ModelServer = {
    standing: { channels: {} },
    newest: hashOf(first),
    now: 1,
    publish(snapshot) {
      server.newest = hashOf(snapshot);
      snapshots.set(server.newest, snapshot);
    },
    answer(type, names, carried) {
      const { newest } = server;
      const poll = {
        type,
        names,
        carried,
        newest,
        now: epochMs(server.now),
        refresh: MODEL_REFRESH,
        slack: durationMs(0),
      };
      const { standing, versionInfo, from } = serve(server.standing, poll, contentsOf);
      server.standing = standing;
      return { versionInfo, from: from.map((hash) => snapshotOf(snapshots, hash)) };
    },
  };
  server.publish(first);
  return server;
}

function snapshotOf(snapshots: ReadonlyMap<ContentHash, ModelSnapshot>, hash: ContentHash): ModelSnapshot {
  const snapshot = snapshots.get(hash);
  if (snapshot === undefined) throw new Error(`no snapshot ${hash}`);
  return snapshot;
}

function stepContents(snapshot: ModelSnapshot): StepContents {
  const { clusters, listeners, routes, endpoints } = snapshot;
  const hashes = (table: Readonly<Record<string, unknown>>): Map<string, ContentHash> =>
    new Map(Object.entries(table).map(([name, body]) => [name, hashOf([name, body])]));
  const tables: Partial<Record<XdsType, ReadonlyMap<string, ContentHash>>> = {
    clusters: hashes(clusters),
    listeners: hashes(listeners),
    routes: hashes(routes),
    endpoints: new Map(
      [...hashes(endpoints)].map(([name, hash]) => [name, endpoints[name] === 0 ? hashBytes(noEndpoints(name)) : hash]),
    ),
  };
  return {
    orderKey: hashOf([clusters, listeners, routes]),
    namesOf: (type) => tables[type] ?? new Map(),
    versionOf: (channel) => {
      const [path = '', name] = channel.split('/');
      const table = tables[path as XdsType] ?? new Map<string, ContentHash>();
      if (name === undefined) return versionOf(table);
      return table.has(name) ? versionOf([[name, table.get(name)]]) : undefined;
    },
    hasLoop: (cluster) => endpoints[cluster] !== undefined,
    endpointsOf: (cluster) => {
      const count = endpoints[cluster];
      return count === undefined ? 'none' : count === 0 ? 'empty' : 'some';
    },
  };
}

interface Loop {
  readonly type: XdsType;
  readonly names: readonly string[];
  versionInfo: string;
  hasPolled: boolean;
  /** Whether it has polled since it took what it has. */
  hasShown: boolean;
}

interface RunningCluster {
  revision: number;
  /** Whether it takes traffic: a new one does not before its endpoints have come. */
  isWarm: boolean;
  endpoints: number;
}

/** How a modelled Envoy treats one answer. */
export type Treatment = 'take' | 'lose' | 'refuse' | 'refuse-in-part' | 'echo';

/** An Envoy as far as it can be told from outside: which poll loops it has, and what it runs (facts in decision 0013). */
export interface ModelEnvoy {
  readonly loops: () => readonly string[];
  /** Polls in one of its loops and does with the answer what it is told. */
  poll(loop: string, treatment?: Treatment): void;
  /** Whether it has clusters and is about to ask for its first listeners: a matter of milliseconds. */
  isStarting(): boolean;
  restart(): void;
  /** What it runs that leads nowhere: listeners and routes that name a cluster which it lacks or which has no endpoint. */
  broken(): readonly string[];
  /** How what it runs differs from a snapshot. */
  differences(snapshot: ModelSnapshot): readonly string[];
}

export function modelEnvoy(server: ModelServer): ModelEnvoy {
  let loops = new Map<string, Loop>();
  let clusters = new Map<string, RunningCluster>();
  let listeners: Record<string, ModelListener> = {};
  let routes: Record<string, readonly string[]> = {};

  const open = (type: XdsType, ...names: readonly string[]): void => {
    const key = channelOf(XDS_TYPES[type].path, names);
    if (!loops.has(key)) loops.set(key, { type, names, versionInfo: '', hasPolled: false, hasShown: false });
  };
  const start = (): void => {
    loops = new Map();
    clusters = new Map();
    listeners = {};
    routes = {};
    open('clusters');
  };
  /** Listeners are asked for when the first clusters have their endpoints. */
  const openListeners = (): void => {
    const isReady = loops.get('clusters')?.versionInfo !== '' && [...clusters.values()].every(({ isWarm }) => isWarm);
    if (isReady) open('listeners');
  };
  const isStarting = (): boolean =>
    loops.get('clusters')?.versionInfo !== '' && (loops.get('listeners')?.versionInfo ?? '') === '';
  /**
   * New loops poll at once and clusters at most every refresh time: listeners are asked for before clusters are again, and every
   * loop for endpoints shows what it has before its cluster's version is shown twice.
   */
  const mayPollClusters = (): boolean => {
    const own = loops.get('clusters');
    if (own?.versionInfo === '') return true;
    const others = [...loops.values()].filter(({ type }) => type === 'endpoints');
    const isWarm = others.every(({ versionInfo, hasShown }) => versionInfo !== '' && hasShown);
    return !isStarting() && others.every(({ hasPolled }) => hasPolled) && (isWarm || own?.hasShown === false);
  };
  const takeClusters = (from: readonly ModelSnapshot[]): void => {
    const told = new Map(
      from
        .toReversed()
        .flatMap((snapshot) =>
          Object.entries(snapshot.clusters).map(([name, revision]) => [name, { revision, snapshot }] as const),
        ),
    );
    for (const [name, { revision, snapshot }] of told) {
      const had = clusters.get(name);
      if (had?.revision === revision) continue;
      const hasLoop = snapshot.endpoints[name] !== undefined;
      clusters.set(name, { revision, isWarm: had?.isWarm ?? !hasLoop, endpoints: had?.endpoints ?? 0 });
      loops.delete(`endpoints/${name}`); // the cluster is made anew, and so is its subscription
      if (hasLoop) open('endpoints', name);
    }
    for (const name of [...clusters.keys()].filter((known) => !told.has(known))) {
      clusters.delete(name);
      loops.delete(`endpoints/${name}`);
    }
  };
  const takeListeners = (told: Readonly<Record<string, ModelListener>>): void => {
    listeners = { ...told };
    const named = new Set(Object.values(listeners).flatMap((listener) => listener.routes));
    for (const name of named) open('routes', name);
    for (const name of Object.keys(routes).filter((known) => !named.has(known))) delete routes[name];
    for (const key of [...loops.keys()].filter((known) => known.startsWith('routes/'))) {
      if (!named.has(key.slice('routes/'.length))) loops.delete(key);
    }
  };
  const take = ({ type, names: [name = ''] }: Loop, from: readonly ModelSnapshot[]): void => {
    const [snapshot] = from;
    if (snapshot === undefined) return;
    const cluster = clusters.get(name);
    if (type === 'clusters') takeClusters(from);
    if (type === 'listeners') takeListeners(snapshot.listeners);
    if (type === 'routes') routes = { ...routes, [name]: snapshot.routes[name] ?? [] };
    if (type === 'endpoints' && cluster)
      clusters.set(name, { ...cluster, isWarm: true, endpoints: snapshot.endpoints[name] ?? 0 });
  };
  /** Of a refused set the good ones run all the same, behind the old version. */
  const takePart = ({ type }: Loop, from: readonly ModelSnapshot[]): void => {
    const told = Object.entries(from[0]?.listeners ?? {});
    if (type === 'listeners')
      takeListeners({ ...listeners, ...Object.fromEntries(told.slice(0, Math.ceil(told.length / 2))) });
  };
  start();
  return {
    loops: () => [...loops.keys()].filter((key) => key !== 'clusters' || mayPollClusters()).sort(),
    poll(key, treatment = 'take') {
      const loop = loops.get(key);
      if (loop === undefined) throw new Error(`no loop ${key}`);
      const { versionInfo, from } = server.answer(loop.type, loop.names, loop.versionInfo);
      loop.hasPolled = true;
      if (loop.versionInfo !== '') loop.hasShown = true;
      if (from.length === 0 || treatment === 'lose' || treatment === 'refuse') return;
      if (treatment === 'refuse-in-part') return takePart(loop, from);
      if (treatment === 'echo') {
        loop.versionInfo = versionInfo; // without having applied it
        return;
      }
      take(loop, from);
      if (loop.versionInfo !== versionInfo) loop.hasShown = false;
      loop.versionInfo = versionInfo;
      openListeners();
    },
    isStarting,
    restart: start,
    broken() {
      const leadsTo = (cluster: string): boolean => {
        const running = clusters.get(cluster);
        return running !== undefined && running.isWarm && running.endpoints > 0;
      };
      return [
        ...Object.entries(listeners).flatMap(([name, listener]) =>
          listener.clusters.filter((cluster) => !leadsTo(cluster)).map((cluster) => `listener ${name} -> ${cluster}`),
        ),
        ...Object.entries(routes).flatMap(([name, named]) =>
          named.filter((cluster) => !leadsTo(cluster)).map((cluster) => `route ${name} -> ${cluster}`),
        ),
      ];
    },
    differences(snapshot) {
      const named = new Set(Object.values(snapshot.listeners).flatMap((listener) => listener.routes));
      const wanted = Object.fromEntries(Object.entries(snapshot.routes).filter(([name]) => named.has(name)));
      const pairs: readonly (readonly [string, unknown, unknown])[] = [
        [
          'clusters',
          Object.fromEntries([...clusters].map(([name, { revision }]) => [name, revision])),
          snapshot.clusters,
        ],
        [
          'endpoints',
          Object.fromEntries([...clusters].map(([name, { endpoints }]) => [name, endpoints])),
          snapshot.endpoints,
        ],
        ['listeners', listeners, snapshot.listeners],
        ['routes', routes, wanted],
      ];
      return pairs
        .filter(([, has, should]) => hashOf(has) !== hashOf(should))
        .map(([what, has, should]) => `${what}: ${JSON.stringify(has)} for ${JSON.stringify(should)}`);
    },
  };
}
