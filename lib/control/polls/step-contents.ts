import { type ContentHash, hashBytes } from '../../base/hashing.ts';
import type { Offer } from '../../delivery/decide.ts';
import { noEndpoints } from '../../delivery/no-endpoints.ts';
import type { SeenPoll, Standing } from '../../delivery/serve-poll.ts';
import type { ContentsOf, StepContents } from '../../delivery/trail.ts';
import { XDS_TYPES } from '../../envoy/xds-types.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import { type BodyPart, wholeParts } from '../../snapshot/body-part.ts';
import type { Manifest, TypeManifest } from '../../snapshot/manifest.ts';
import { entriesOf, resourceIn } from '../../snapshot/type-table.ts';
import { type VersionInfo, versionOf } from '../../snapshot/version-info.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';
import type { SetHashes } from './set-hashes.ts';

export interface ContentsPorts {
  readonly snapshots: Pick<StoredSnapshots, 'manifest' | 'find' | 'table'>;
  readonly hashesIn: SetHashes;
}

/** A snapshot that a trail remembers and that can be read no more: it was swept, or another release wrote it. */
export class ForgottenStep extends Error {
  readonly code = 'FORGOTTEN_STEP';
  readonly key: string;
  constructor(manifest: ContentHash, cause: unknown) {
    super(`an earlier snapshot of a proxy cannot be read: ${manifest}`, { cause });
    this.name = 'ForgottenStep';
    this.key = manifest;
  }
}

/**
 * Reads of every snapshot that a proxy may be running parts of what the order of answers asks of it. Throws ForgottenStep when
 * one of the earlier ones cannot be read, and what the store throws when the newest cannot.
 */
export async function loadContents(ports: ContentsPorts, standing: Standing, poll: SeenPoll): Promise<ContentsOf> {
  const { snapshots } = ports;
  const earlier = manifestsOf(standing).filter((manifest) => manifest !== poll.newest);
  const isTold = { names: namesFor(standing, poll), poll, needsSets: await needsSets(snapshots, standing, poll) };
  const loaded = await Promise.all([
    contentsOfOne(ports, poll.newest, isTold),
    ...earlier.map((manifest) => contentsOfOne(ports, manifest, isTold).catch(forgotten(manifest))),
  ]);
  const byManifest = new Map([poll.newest, ...earlier].map((manifest, index) => [manifest, loaded[index]]));
  return (manifest) => {
    const contents = byManifest.get(manifest);
    if (contents === undefined) throw new RangeError(`the contents of ${manifest} are not loaded`);
    return contents;
  };
}

const forgotten =
  (manifest: ContentHash) =>
  (error: unknown): never => {
    if (error instanceof StoreUnavailable) throw error;
    throw new ForgottenStep(manifest, error);
  };

/** Whether the names of all clusters and listeners matter: for endpoints and secrets only when there is a step to add. */
async function needsSets(
  snapshots: ContentsPorts['snapshots'],
  { trail }: Standing,
  { type, newest }: SeenPoll,
): Promise<boolean> {
  if (type === 'clusters' || type === 'listeners' || type === 'routes') return true;
  const last = trail?.steps.at(-1)?.manifest;
  if (last === undefined || last === newest) return false;
  const [before, after] = await Promise.all([
    snapshots.manifest(last).catch(forgotten(last)),
    snapshots.manifest(newest),
  ]);
  return orderKeyOf(before) !== orderKeyOf(after);
}

function manifestsOf({ trail }: Standing): readonly ContentHash[] {
  const { shown, sent = [] } = trail?.clusters ?? {};
  const marks = [...(shown ? [shown] : []), ...sent];
  return [
    ...new Set([...(trail?.steps ?? []).map(({ manifest }) => manifest), ...marks.flatMap(({ from = [] }) => from)]),
  ];
}

interface Names {
  readonly routes: readonly string[];
  readonly endpoints: readonly string[];
}

/** The routes that the proxy asks for, and the endpoints whose coming or going matters to them. */
function namesFor({ trail, channels }: Standing, { type, names }: SeenPoll): Names {
  const namesOf = (path: string, keys: readonly string[]): readonly string[] =>
    keys.filter((key) => key.startsWith(`${path}/`)).flatMap((key) => key.slice(path.length + 1).split(','));
  const empty = Object.keys(channels).filter((key) => channels[key]?.isEmpty);
  const asked = (of: string): readonly string[] => (type === of ? names : []);
  return {
    routes: [...namesOf(XDS_TYPES.routes.path, Object.keys(trail?.places ?? {})), ...asked('routes')],
    endpoints: [...namesOf(XDS_TYPES.endpoints.path, empty), ...asked('endpoints')],
  };
}

interface Loading {
  readonly names: Names;
  readonly poll: SeenPoll;
  readonly needsSets: boolean;
}

async function contentsOfOne(ports: ContentsPorts, hash: ContentHash, loading: Loading): Promise<StepContents> {
  const { snapshots, hashesIn } = ports;
  const { names, poll } = loading;
  const manifest = await snapshots.manifest(hash);
  const isOther = poll.type === 'secrets' || poll.type === 'extension-configs';
  const [clusters, listeners, routes, endpoints, others] = await Promise.all([
    loading.needsSets ? hashesIn(manifest.clusters) : NOTHING,
    loading.needsSets ? hashesIn(manifest.listeners) : NOTHING,
    namedHashes(snapshots, manifest.routes, names.routes),
    // Which clusters have a loop for their endpoints is asked of all of them when clusters are sent, else of a few.
    poll.type === 'clusters'
      ? hashesIn(manifest.endpoints)
      : namedHashes(snapshots, manifest.endpoints, names.endpoints),
    isOther ? namedHashes(snapshots, manifest[poll.type], poll.names) : NOTHING,
  ]);
  const found: Readonly<Record<string, Hashes>> = {
    [XDS_TYPES.routes.path]: routes,
    [XDS_TYPES.endpoints.path]: endpoints,
    ...(isOther && { [XDS_TYPES[poll.type].path]: others }),
  };
  return {
    orderKey: orderKeyOf(manifest),
    namesOf: (type) => (type === 'clusters' ? clusters : listeners),
    versionOf: (channel) => {
      const slash = channel.indexOf('/');
      if (slash < 0)
        return channel === 'clusters' || channel === 'listeners' ? manifest[channel].whole?.versionInfo : undefined;
      const [table, asked] = [found[channel.slice(0, slash)], channel.slice(slash + 1).split(',')];
      return table && asked.some((name) => table.has(name))
        ? versionOf(asked.map((name) => [name, table.get(name)]))
        : undefined;
    },
    hasLoop: (cluster) => endpoints.has(cluster),
    endpointsOf: (cluster) => {
      const body = endpoints.get(cluster);
      if (body === undefined) return 'none';
      return body === hashBytes(noEndpoints(cluster)) ? 'empty' : 'some';
    },
  };
}

type Hashes = ReadonlyMap<string, ContentHash>;

const NOTHING: Hashes = new Map();

async function namedHashes(
  snapshots: ContentsPorts['snapshots'],
  set: TypeManifest,
  names: readonly string[],
): Promise<Hashes> {
  if (names.length === 0) return NOTHING;
  return new Map([...(await snapshots.find(set, names))].map(([name, { hash }]) => [name, hash]));
}

/** Clusters, listeners and routes as one text. */
function orderKeyOf({ clusters, listeners, routes }: Manifest): string {
  const hashes = routes.shards.map(({ hash }) => hash);
  return [clusters.whole?.versionInfo, listeners.whole?.versionInfo, ...hashes].join(' ');
}

/**
 * The clusters of several snapshots as one set, of which the version is known: the body of the newest as it is stored, and behind
 * it, cut out of the others, what it lacks.
 */
export async function offerOfClusters(
  snapshots: ContentsPorts['snapshots'],
  from: readonly ContentHash[],
  versionInfo: VersionInfo,
): Promise<Offer> {
  const tables = await Promise.all(
    from.map(async (hash) => snapshots.table((await snapshots.manifest(hash)).clusters)),
  );
  const [newest, ...others] = tables;
  const known = new Set(newest ? [...entriesOf(newest)].map(([name]) => name) : []);
  const parts: BodyPart[] = newest ? [...wholeParts(newest.set)] : [];
  for (const table of others) {
    for (const [name] of entriesOf(table)) {
      const resource = known.has(name) ? undefined : resourceIn(table, name);
      known.add(name);
      if (resource) parts.push(resource.part);
    }
  }
  return { whole: { versionInfo, parts }, found: new Map() };
}
