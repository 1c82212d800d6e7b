import { type ContentHash, hashOf } from '../../base/hashing.ts';
import { hasCondition } from '../../resources/conditions.ts';
import type { Resource } from '../../resources/resource.ts';
import { isHealthChecked } from '../../resources/workload-entry.ts';
import {
  type ConfigStorePorts,
  configStore,
  newestState,
  type RevisionState,
  stateOf,
} from '../config/config-store.ts';
import type { Records } from '../../ports/records.ts';
import type { SecretBox } from '../../ports/secret-box.ts';
import { existingObjects } from '../config/existing-objects.ts';
import type { Stamp } from '../revisions/commit.ts';
import { HEALTH_STATUSES, type ObjectStatus, readStatuses, withStatus } from '../config/object-status.ts';
import { readHead } from '../revisions/head.ts';
import { diffTries } from '../revisions/read-trie.ts';
import { byKey, toResource } from '../revisions/stored-object.ts';
import type { ConfigSource } from './worlds.ts';

/** All objects of one revision. */
interface HeldRevision {
  readonly state: RevisionState;
  /** In the order of lists. */
  readonly resources: ReadonlyMap<string, Resource>;
}

/**
 * What builds read of the config store: the newest revision, whole. Reads only what differs from the revision that it read
 * last; every object that did not change since is the very same in both.
 */
export function configSource(ports: Omit<ConfigStorePorts, 'ids' | 'secrets'>): ConfigSource {
  const store = configStore({ ...ports, ids: noIds, secrets: NO_SECRETS });
  const withHealth = healthOverlay();
  let held: HeldRevision = { state: stateOf(undefined), resources: new Map() };

  const readOnto = async (before: HeldRevision, state: RevisionState): Promise<HeldRevision> => {
    const [contents, stamps] = await Promise.all([
      diffTries<ContentHash>(store.reader, before.state.tree, state.tree),
      diffTries<Stamp>(store.reader, before.state.stamps, state.stamps),
    ]);
    const changed = new Set([...contents, ...stamps].map(({ key }) => key));
    const found = await existingObjects(store, state, changed);
    const fresh = new Map([...found].map(([key, { object, stamp }]) => [key, toResource(object, stamp)]));
    return { state, resources: overlaid(before.resources, changed, fresh) };
  };
  return {
    newestRevision: async () => (await readHead(store.records))?.record.revision ?? 0,
    newestHealth: async () => healthText(await readHealth(store.records)),
    async readNewest() {
      // Health first: an instance that is newer than what is known of its health counts as not healthy yet, which is true.
      const healthy = await readHealth(store.records);
      const state = await newestState(store);
      const read = await readOnto(held, state);
      if (read.state.revision >= held.state.revision) held = read; // a slower read of an older revision must not win
      const resources = [...read.resources].map(([key, resource]) => withHealth(resource, healthy.get(key)));
      return { revision: state.revision, health: healthText(healthy), resources };
    },
  };
}

/** The map without the changed keys but for those that are there now; its order is kept without sorting it again. */
function overlaid(
  before: ReadonlyMap<string, Resource>,
  changed: ReadonlySet<string>,
  fresh: ReadonlyMap<string, Resource>,
): ReadonlyMap<string, Resource> {
  const added = [...fresh].filter(([key]) => !before.has(key)).sort(([a], [b]) => byKey(a, b));
  const merged = new Map<string, Resource>();
  let next = 0;
  const addUpTo = (limit: string | undefined): void => {
    for (let entry = added[next]; entry && (limit === undefined || byKey(entry[0], limit) < 0); entry = added[next]) {
      merged.set(...entry);
      next += 1;
    }
  };
  for (const [key, resource] of before) {
    if (next < added.length) addUpTo(key);
    const kept = changed.has(key) ? fresh.get(key) : resource;
    if (kept) merged.set(key, kept);
  }
  addUpTo(undefined);
  return merged;
}

type Health = ReadonlyMap<string, ObjectStatus>;

/** The statuses that say that an instance is healthy; all others are as good as none (ST-5). */
async function readHealth(records: Pick<Records, 'list'>): Promise<Health> {
  const statuses = await readStatuses(records, HEALTH_STATUSES.prefix);
  return new Map([...statuses].filter(([, stored]) => hasCondition(stored, 'Healthy', false)));
}

function healthText(healthy: Health): string {
  return hashOf([...healthy].map(([key, { uid }]) => `${key} ${uid}`).sort());
}

/** Gives an instance that is checked the status that says that it is healthy; the same object again for the same instance. */
function healthOverlay(): (resource: Resource, stored: ObjectStatus | undefined) => Resource {
  const overlaid = new WeakMap<Resource, Resource>();
  return (resource, stored) => {
    if (!stored || resource.kind !== 'WorkloadEntry' || !isHealthChecked(resource)) return resource;
    if (stored.uid !== resource.metadata.uid) return resource; // of an instance that is gone
    const known = overlaid.get(resource);
    if (known) return known;
    const shown = withStatus(resource, stored);
    overlaid.set(resource, shown);
    return shown;
  };
}

/** Reading makes nothing that needs an id. */
function noIds(): never {
  throw new Error('a reader of the config store asked for a new id');
}

/** What builds read has no value of a Secret in it, and nothing that opens one. */
const NO_SECRETS: SecretBox = { seal: noSecrets, open: noSecrets, fingerprint: noSecrets };

async function noSecrets(): Promise<never> {
  throw new Error('a reader of the config store asked for the value of a Secret');
}
