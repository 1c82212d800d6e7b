import { contentIds, type ContentIds } from '../../base/content-ids.ts';
import { canonicalJson } from '../../base/hashing.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { PieceKind, StageMemory } from '../../base/stage-memory.ts';
import type { XdsType } from '../../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../../envoy/xds-types.ts';
import type { ViewKey } from '../../view/proxy-view.ts';
import {
  type CacheCounts,
  type CacheEntry,
  type CacheRequest,
  type CacheToken,
  type XdsCache,
  xdsCache,
} from './xds-cache.ts';

/** What a process remembers of what it built: pieces by all that they were made from, for every view and from build to build. */
export interface PieceMemory {
  /** The memory for one build of a view; what it makes is kept as long as no later build is known (XC-2). */
  forBuild(request: CacheRequest, viewKey: ViewKey): StageMemory;
  /** How often each kind of piece was asked for and found, or made, since the process began. */
  counts(): Readonly<Record<string, PieceCounts>>;
  /** The same of all kinds together, and how full the cache is. */
  cacheCounts(): CacheCounts & PieceCounts;
  /** Forgets everything (XC-7). */
  clearAll(now: CacheToken): void;
}

export interface PieceCounts {
  readonly hits: number;
  readonly misses: number;
}

export interface PieceMemoryOptions {
  readonly cache?: XdsCache<XdsType, object>;
  /** Makes every piece that is found once more, and throws when the two differ (XC-15): for tests. */
  readonly verifiesHits?: boolean;
}

/** Characters of keys of combined values: what 50 views of 1,000 services need some ten times over. */
const COMBINED_KEY_CHARACTERS = 64_000_000;
const SAME_VALUES = 200_000;

export function pieceMemory(options: PieceMemoryOptions = {}): PieceMemory {
  const ids = contentIds();
  const cache = options.cache ?? xdsCache({ types: TYPES, clearedByPeerAuthentication: ['endpoints'] });
  const counts = pieceCounter();
  const verifiesHits = options.verifiesHits === true;
  let [combined, derived, last] = [combinedMemory(ids, verifiesHits), derivedMemory(verifiesHits), lastLists()];
  let firsts = leastRecentlyUsed<number, object>({ max: SAME_VALUES });
  const piece = <Argument extends object, Made extends object>(
    kind: PieceKind<Argument, Made>,
    argument: Argument,
    request: CacheRequest,
  ): Made => {
    const key = pieceKey(kind, argument, ids);
    const found = cache.get({ type: kind.type as XdsType, key, configs: [], isCacheable: true });
    if (found !== undefined) {
      counts.add(kind.name, 1, 0);
      if (verifiesHits) verify(kind.name, () => kind.make(argument), found);
      return found as Made; // the key names the kind, which says the type
    }
    counts.add(kind.name, 0, 1);
    const made = kind.make(argument);
    ids.assign(made);
    cache.add(entryOf(kind, argument, key), request, made);
    return made;
  };
  return {
    forBuild: (request, viewKey) => ({
      piece: (kind, argument) => piece(kind, argument, request),
      pieces(kind, list) {
        const known = last.known(`${kind.name} ${viewKey}`, list);
        let hits = 0;
        const made = list.map((argument, index) => {
          const again = known(index);
          if (again === undefined) return piece(kind, argument, request);
          hits += 1;
          if (verifiesHits) verify(kind.name, () => kind.make(argument), again);
          return again as ReturnType<typeof kind.make>; // the name of the list names the kind
        });
        counts.add(kind.name, hits, 0);
        last.keep(`${kind.name} ${viewKey}`, list, made);
        return made;
      },
      derived: (slot, of, make) => derived(slot, of, make),
      combined: combined(viewKey),
      same(value) {
        const id = ids.of(value);
        const first = firsts.get(id) ?? value;
        firsts.set(id, first);
        return first as typeof value; // equal content, hence the same type
      },
    }),
    counts: () => counts.all(),
    cacheCounts: () => ({ ...cache.counts(), ...counts.sums() }),
    clearAll(now) {
      cache.clearAll(now);
      [combined, derived, last] = [combinedMemory(ids, verifiesHits), derivedMemory(verifiesHits), lastLists()];
      firsts = leastRecentlyUsed<number, object>({ max: SAME_VALUES });
    },
  };
}

function pieceCounter() {
  const counts = new Map<string, PieceCounts>();
  return {
    add(kind: string, hits: number, misses: number): void {
      const counted = counts.get(kind) ?? { hits: 0, misses: 0 };
      counts.set(kind, { hits: counted.hits + hits, misses: counted.misses + misses });
    },
    all: (): Readonly<Record<string, PieceCounts>> => Object.fromEntries(counts),
    sums(): PieceCounts {
      const sum = (of: keyof PieceCounts): number => [...counts.values()].reduce((total, each) => total + each[of], 0);
      return { hits: sum('hits'), misses: sum('misses') };
    },
  };
}

const TYPES = Object.keys(XDS_TYPES) as XdsType[];

const entryOf = <Argument extends object>(
  kind: PieceKind<Argument, object>,
  argument: Argument,
  key: string,
): CacheEntry<XdsType> => ({
  type: kind.type as XdsType,
  key,
  configs: [...new Set(kind.configs(argument))],
  isCacheable: true,
});

/** The kind and every member of the argument. A kind's arguments are all made in one place, so that their members have one order. */
function pieceKey<Argument extends object>(
  kind: PieceKind<Argument, object>,
  argument: Argument,
  ids: ContentIds,
): string {
  let key = kind.name;
  for (const member of Object.values(argument) as unknown[]) {
    key += typeof member === 'object' && member !== null ? ` ${ids.of(member)}` : ` ${JSON.stringify(member)}`;
  }
  return key;
}

type Combine = StageMemory['combined'];

/** By all that a value is made of; a view's long list is first compared with its last one, which needs no key. */
function combinedMemory(ids: ContentIds, verifiesHits: boolean): (viewKey: ViewKey) => Combine {
  const byKey = keyedMemory(ids, verifiesHits);
  const last = lastCombined(ids);
  return (viewKey) => (slot, items, make) => {
    if (items.length < LONG_LIST) return byKey(slot, items, make);
    const name = `${slot} ${viewKey}`;
    const again = last.known(name, items);
    if (again !== undefined) {
      if (verifiesHits) verify(slot, () => make(items), again);
      return again as ReturnType<typeof make>; // the slot says the type
    }
    const made = byKey(slot, items, make);
    last.keep(name, items, made);
    return made;
  };
}

function keyedMemory(ids: ContentIds, verifiesHits: boolean): Combine {
  const remembered = leastRecentlyUsed<string, { readonly key: string; readonly made: object }>({
    max: COMBINED_KEY_CHARACTERS,
    weigh: ({ key }) => key.length,
  });
  return (slot, items, make) => {
    const key = `${slot} ${items.map((item) => ids.of(item)).join()}`;
    const found = remembered.get(key);
    if (found !== undefined) {
      if (verifiesHits) verify(slot, () => make(items), found.made);
      return found.made as ReturnType<typeof make>; // the slot says the type
    }
    const made = make(items);
    ids.assign(made);
    remembered.set(key, { key, made });
    return made;
  };
}

function derivedMemory(verifiesHits: boolean): StageMemory['derived'] {
  const bySlot = new Map<string, WeakMap<object, object>>();
  return (slot, of, make) => {
    const values = bySlot.get(slot) ?? new WeakMap<object, object>();
    bySlot.set(slot, values);
    const found = values.get(of);
    if (found !== undefined) {
      if (verifiesHits) verify(slot, () => make(of), found);
      return found as ReturnType<typeof make>; // the slot says the type
    }
    const made = make(of);
    values.set(of, made);
    return made;
  };
}

/** The last lists of pieces of each view, so that one whose argument has the very same members need not be looked up. */
function lastLists() {
  interface LastList {
    readonly list: readonly object[];
    readonly made: readonly object[];
  }
  const lists = leastRecentlyUsed<string, LastList>({ max: REMEMBERED_ARGUMENTS, weigh: ({ list }) => list.length });
  return {
    /** Answers for a position what was made there of the same argument. */
    known(name: string, list: readonly object[]): (index: number) => object | undefined {
      const before = lists.get(name);
      if (before === undefined) return () => undefined;
      return (index) => (hasSameMembers(before.list[index], list[index]) ? before.made[index] : undefined);
    },
    keep: (name: string, list: readonly object[], made: readonly object[]): void => lists.set(name, { list, made }),
  };
}

/** What was last made of each view's long lists, so that no key need be made of a list that is the same. */
function lastCombined(ids: ContentIds) {
  interface LastCombined {
    readonly items: readonly object[];
    readonly made: object;
  }
  const isEqual = (item: object, before: object | undefined): boolean =>
    item === before || (before !== undefined && ids.of(item) === ids.of(before));
  const lists = leastRecentlyUsed<string, LastCombined>({ max: REMEMBERED_ITEMS, weigh: ({ items }) => items.length });
  return {
    known(name: string, items: readonly object[]): object | undefined {
      const before = lists.get(name);
      const isSame =
        before?.items.length === items.length && items.every((item, index) => isEqual(item, before.items[index]));
      return isSame ? before.made : undefined;
    },
    keep: (name: string, items: readonly object[], made: object): void => lists.set(name, { items, made }),
  };
}

/** Of fewer items a key is made at once. */
const LONG_LIST = 8;

/** A pointer each: what the stages of 500 views of 1,000 services combine. */
const REMEMBERED_ITEMS = 4_000_000;

/** Some hundred bytes each: the lists of 250 views of 1,000 services. */
const REMEMBERED_ARGUMENTS = 500_000;

function hasSameMembers(before: object | undefined, now: object | undefined): boolean {
  if (before === undefined || now === undefined) return false;
  for (const name in now) if ((now as Members)[name] !== (before as Members)[name]) return false;
  return true;
}

type Members = Readonly<Record<string, unknown>>;

function verify(name: string, make: () => object, found: object): void {
  if (canonicalJson(make()) !== canonicalJson(found)) throw new StalePiece(name);
}

/** A remembered piece is not what would be made now (XC-15): its kind looks at something that is not in its argument. */
export class StalePiece extends Error {
  readonly code = 'STALE_PIECE';
  readonly key: string;
  constructor(kind: string) {
    super(`a remembered piece of kind ${kind} differs from what is made anew`);
    this.name = 'StalePiece';
    this.key = kind;
  }
}
