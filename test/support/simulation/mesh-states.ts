import type { ContentHash } from '../../../lib/base/hashing.ts';
import { pieceMemory } from '../../../lib/control/build/piece-memory.ts';
import { type SealedView, type SealView, viewSealer } from '../../../lib/control/build/seal-view.ts';
import type { ConfigSource } from '../../../lib/control/build/worlds.ts';
import type { RecordKey, Records } from '../../../lib/ports/records.ts';
import type { Resource } from '../../../lib/resources/resource.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { serviceEntry } from '../delivery.ts';
import { resourcesOf } from '../documents.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { PolledNode } from './polled-node.ts';
import { wantedBy } from './wanted.ts';

// The few meshes that simulations of delivery know. What is made of them is made once for all schedules of a process: it is a
// pure function of them, and what the schedules try is who writes it where and when.

/** Name of one of the meshes: the address of the one service, and of the other where it is there. */
export type MeshState = string;

const ADDRESSES = 6;
const OTHERS = 4;

export function someState(random: SeededRandom): MeshState {
  return `${1 + random.below(ADDRESSES)} ${random.below(OTHERS)}`;
}

/** What people configured, as one record; it stands in for the config store. */
export interface MeshAt {
  readonly revision: number;
  readonly state: MeshState;
}

export const MESH_KEY: RecordKey = { partition: 'mesh', id: 'newest' };

/** Reads the mesh through the store, so that what befalls the store befalls it. */
export function meshSource(records: Pick<Records, 'get'>): ConfigSource {
  const read = async (): Promise<MeshAt | undefined> => (await records.get<MeshAt>(MESH_KEY))?.record;
  return {
    newestRevision: async () => (await read())?.revision ?? 0,
    newestHealth: async () => '',
    async readNewest() {
      const mesh = await read();
      return { revision: mesh?.revision ?? 0, health: '', resources: mesh ? resourcesIn(mesh.state) : [] };
    },
  };
}

/** Seals views as the service does, but each view of each mesh only once for all schedules. */
export function sharedSealer(stateOf: (revision: number) => MeshState | undefined): SealView {
  return (world, view) => {
    const key = `${stateOf(world.revision) ?? 'empty'} ${view.key}`;
    const made = sealedViews.get(key) ?? sealWithAll(world, view);
    sealedViews.set(key, made);
    return made;
  };
}

/** Seals with what any process has built before, in whatever schedule: pieces are found by all that they are made of. */
export const sealWithAll: SealView = (world, view) => sealView({ ...world, revision: 1 }, view);

const sealView = viewSealer(pieceMemory());
const sealedViews = new Map<string, SealedView>();

function resourcesIn(state: MeshState): readonly Resource[] {
  return once(resources, state, () => {
    const [one, other] = state.split(' ').map(Number);
    const second = other === 0 ? '' : serviceEntry('other.example', `10.0.1.${other}`);
    return resourcesOf(serviceEntry('one.example', `10.0.0.${one}`) + second);
  });
}

const resources = new Map<MeshState, readonly Resource[]>();

/** What a proxy is to have of a mesh in the end, by a build from nothing. */
export function wantedIn(state: MeshState, node: PolledNode): ReturnType<typeof wantedBy> {
  return once(wanted, `${state} ${JSON.stringify(node.metadata)}`, () =>
    wantedBy(node, buildWorld(resourcesIn(state)).value),
  );
}

const wanted = new Map<string, ReturnType<typeof wantedBy>>();

/** What a body says, once for all schedules, by its name. */
export function onceRead<T>(read: (bytes: Uint8Array) => T): (hash: ContentHash, bytes: Uint8Array) => T {
  const known = new Map<ContentHash, T>();
  return (hash, bytes) => once(known, hash, () => read(bytes));
}

function once<Key, T>(known: Map<Key, T>, key: Key, make: () => T): T {
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as T;
}
