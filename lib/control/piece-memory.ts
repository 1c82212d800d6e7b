import { contentIds, type ContentIds } from '../base/content-ids.ts';
import { canonicalJson } from '../base/hashing.ts';
import { leastRecentlyUsed } from '../base/least-recently-used.ts';
import type { PieceKind, StageMemory } from '../base/stage-memory.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import { type CacheEntry, type CacheRequest, type CacheToken, type XdsCache, xdsCache } from './xds-cache.ts';

/** What a process remembers of what it built: pieces by all that they were made from, for every view and from build to build. */
export interface PieceMemory {
  /** The memory for one build; what it makes is kept as long as no later build is known (XC-2). */
  forBuild(request: CacheRequest): StageMemory;
  /** How often each kind of piece was asked for and found, or made, since the process began. */
  counts(): Readonly<Record<string, PieceCounts>>;
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
  const counts = new Map<string, { hits: number; misses: number }>();
  const verifiesHits = options.verifiesHits === true;
  let combined = combinedMemory(ids, verifiesHits);
  let firsts = leastRecentlyUsed<number, object>({ max: SAME_VALUES });
  const count = (kind: string, what: 'hits' | 'misses'): void => {
    const counted = counts.get(kind) ?? { hits: 0, misses: 0 };
    counted[what] += 1;
    counts.set(kind, counted);
  };
  return {
    forBuild: (request) => ({
      piece(kind, argument) {
        const key = pieceKey(kind, argument, ids);
        const found = cache.get({ type: kind.type as XdsType, key, configs: [], isCacheable: true });
        count(kind.name, found === undefined ? 'misses' : 'hits');
        if (found !== undefined) {
          if (verifiesHits) verify(kind.name, () => kind.make(argument), found);
          return found as ReturnType<typeof kind.make>; // the key names the kind, which says the type
        }
        const made = kind.make(argument);
        ids.assign(made);
        cache.add(entryOf(kind, argument, key), request, made);
        return made;
      },
      combined: (slot, items, make) => combined(slot, items, make),
      same(value) {
        const id = ids.of(value);
        const first = firsts.get(id) ?? value;
        firsts.set(id, first);
        return first as typeof value; // equal content, hence the same type
      },
    }),
    counts: () => Object.fromEntries([...counts].map(([kind, counted]) => [kind, { ...counted }])),
    clearAll(now) {
      cache.clearAll(now);
      combined = combinedMemory(ids, verifiesHits);
      firsts = leastRecentlyUsed<number, object>({ max: SAME_VALUES });
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

function combinedMemory(ids: ContentIds, verifiesHits: boolean): Combine {
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
