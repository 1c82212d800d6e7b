import { contentIds, type ContentIds } from '../../base/content-ids.ts';
import { lastOfEach } from '../../base/last-of-each.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { PieceKind, StageMemory } from '../../base/stage-memory.ts';
import type { XdsType } from '../../envoy/envoy-resource.ts';
import { ALL_XDS_TYPES } from '../../envoy/xds-types.ts';
import type { ViewKey } from '../../view/proxy-view.ts';
import { combinedMemory } from './combined-memory.ts';
import { verify } from './verify-piece.ts';
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

const SAME_VALUES = 200_000;

export function pieceMemory(options: PieceMemoryOptions = {}): PieceMemory {
  const ids = contentIds();
  const cache = options.cache ?? xdsCache({ types: ALL_XDS_TYPES, clearedByPeerAuthentication: ['endpoints'] });
  const counts = pieceCounter();
  const verifiesHits = options.verifiesHits === true;
  let [combined, derived, last] = [combinedMemory(ids, verifiesHits), derivedMemory(verifiesHits), lastLists()];
  let piece = pieceFinder({ ids, cache, counts, verifiesHits });
  let firsts = leastRecentlyUsed<number, object>({ max: SAME_VALUES });
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
      ...combined(viewKey),
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
      piece = pieceFinder({ ids, cache, counts, verifiesHits });
      firsts = leastRecentlyUsed<number, object>({ max: SAME_VALUES });
    },
  };
}

interface FinderParts {
  readonly ids: ContentIds;
  readonly cache: XdsCache<XdsType, object>;
  readonly counts: ReturnType<typeof pieceCounter>;
  readonly verifiesHits: boolean;
}

/** Finds a piece by the very members of its argument, else by a key of their contents, or makes it. */
function pieceFinder({ ids, cache, counts, verifiesHits }: FinderParts) {
  const seen = seenArguments();
  return <Argument extends object, Made extends object>(
    kind: PieceKind<Argument, Made>,
    argument: Argument,
    request: CacheRequest,
  ): Made => {
    const again = seen.find(kind.name, argument);
    const key = again === undefined ? pieceKey(kind, argument, ids) : '';
    const inCache = (): object | undefined =>
      cache.get({ type: kind.type as XdsType, key, configs: [], isCacheable: true });
    const found = again ?? inCache();
    if (found !== undefined) {
      counts.add(kind.name, 1, 0);
      if (verifiesHits) verify(kind.name, () => kind.make(argument), found);
      if (again === undefined) seen.keep(kind.name, argument, found);
      return found as Made; // the key and the name of what was seen name the kind, which says the type
    }
    counts.add(kind.name, 0, 1);
    const made = kind.make(argument);
    ids.assign(made);
    cache.add(entryOf(kind, argument, key), request, made);
    if (inCache() === made) seen.keep(kind.name, argument, made); // XC-2: what the cache does not take is not kept here either
    return made;
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

/** Pieces by the very members of their arguments, for which no key need be made. */
function seenArguments() {
  interface Seen {
    readonly kind: string;
    readonly argument: object;
    readonly made: object;
  }
  const byFirst = lastOfEach<Seen>(MAX_SEEN);
  const firstOf = (argument: object): object | undefined => {
    for (const name in argument) {
      const member = (argument as Members)[name];
      if (typeof member === 'object' && member !== null) return member;
    }
    return undefined;
  };
  return {
    find(kind: string, argument: object): object | undefined {
      const first = firstOf(argument);
      const known = first ? byFirst.of(first) : [];
      return known.find((seen) => seen.kind === kind && isSameArgument(seen.argument, argument))?.made;
    },
    keep(kind: string, argument: object, made: object): void {
      const first = firstOf(argument);
      if (first) byFirst.keep(first, { kind, argument, made });
    },
  };
}

/** Of one object: as many kinds and views look at it in different ways. */
const MAX_SEEN = 32;

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
      return (index) => (isSameArgument(before.list[index], list[index]) ? before.made[index] : undefined);
    },
    keep: (name: string, list: readonly object[], made: readonly object[]): void => lists.set(name, { list, made }),
  };
}

/** Some hundred bytes each: the lists of 250 views of 1,000 services. */
const REMEMBERED_ARGUMENTS = 500_000;

function isSameArgument(before: object | undefined, now: object | undefined): boolean {
  if (before === now) return true;
  if (before === undefined || now === undefined) return false;
  for (const name in now) if ((now as Members)[name] !== (before as Members)[name]) return false;
  return true;
}

type Members = Readonly<Record<string, unknown>>;
