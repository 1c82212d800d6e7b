import type { Brand } from '../../base/brand.ts';
import { type LeastRecentlyUsed, leastRecentlyUsed } from '../../base/least-recently-used.ts';

/** When a build began, as a number that grows: the revision that it reads, never a clock (XC part c). 0 is before all. */
export type CacheToken = Brand<number, 'CacheToken'>;
export const cacheToken = (revision: number): CacheToken => revision as CacheToken;

/** What a value is kept under, and the keys of the documents that it depends on (XC-1). */
export interface CacheEntry<Type extends string> {
  readonly type: Type;
  readonly key: string;
  readonly configs: readonly string[];
  readonly isCacheable: boolean;
}

/** The build for which a value was made. */
export interface CacheRequest {
  readonly startedAt: CacheToken;
}

/**
 * Remembers made values by xDS type and key (XC-1 to XC-14). Nothing in it waits, so that no reader meets a half-done change
 * (XC-14).
 */
export interface XdsCache<Type extends string, Value extends object> {
  /** XC-2, XC-3: keeps a value unless it was made for an older build than what the cache has heard of. */
  add(entry: CacheEntry<Type>, request: CacheRequest | undefined, value: Value): void;
  /** XC-4: `undefined` for what is not there. */
  get(entry: CacheEntry<Type> | undefined): Value | undefined;
  /** XC-5, XC-6: forgets whatever depends on one of the documents, and everything that a build before `now` still makes. */
  clear(configs: ReadonlySet<string>, now: CacheToken): void;
  /** XC-7 */
  clearAll(now: CacheToken): void;
  /** XC-8: empty for a type that the cache does not hold. */
  keys(type: string): readonly string[];
  /** XC-8: every value of every type, as a list of its own. */
  snapshot(): readonly Value[];
  counts(): CacheCounts;
}

/** How full a cache is, and how often it had no room. */
export interface CacheCounts {
  readonly entries: number;
  /** Documents that some entry depends on. */
  readonly documents: number;
  /** Entries that made room for others, since the process began. */
  readonly evictions: number;
}

/** XC-9: entries per type. */
const DEFAULT_CAPACITY = 60_000;
const LEAST_CAPACITY = 20_000;

export interface XdsCacheOptions<Type extends string> {
  readonly types: readonly Type[];
  /** Entries per type; 0 or less for the smaller of Istio's two defaults. */
  readonly capacity?: number;
  /** Types that a PeerAuthentication changes as a whole, because no entry of theirs can name it (XC-6). */
  readonly clearedByPeerAuthentication?: readonly Type[];
}

export function xdsCache<Type extends string, Value extends object>(
  options: XdsCacheOptions<Type>,
): XdsCache<Type, Value> {
  const { types, capacity = DEFAULT_CAPACITY, clearedByPeerAuthentication = [] } = options;
  const size = capacity > 0 ? capacity : LEAST_CAPACITY;
  const byType = new Map<string, TypedCache<Value>>(types.map((type) => [type, typedCache<Value>(size)]));
  return {
    add({ type, key, configs, isCacheable }, request, value) {
      if (!isCacheable || request === undefined || request.startedAt === 0) return;
      byType.get(type)?.add(key, { configs, token: request.startedAt, value });
    },
    get: (entry) => (entry?.isCacheable === true ? byType.get(entry.type)?.get(entry.key) : undefined),
    clear(configs, now) {
      const hasPeerAuthentication = [...configs].some((config) => config.startsWith('PeerAuthentication/'));
      for (const [type, cache] of byType) {
        const isWhole = hasPeerAuthentication && (clearedByPeerAuthentication as readonly string[]).includes(type);
        if (isWhole) cache.clearAll(now);
        else cache.clear(configs, now);
      }
    },
    clearAll(now) {
      for (const cache of byType.values()) cache.clearAll(now);
    },
    keys: (type) => byType.get(type)?.keys() ?? [],
    snapshot: () => [...byType.values()].flatMap((cache) => cache.values()),
    counts() {
      const all = [...byType.values()].map((cache) => cache.counts());
      const sum = (of: keyof CacheCounts): number => all.reduce((total, each) => total + each[of], 0);
      return { entries: sum('entries'), documents: sum('documents'), evictions: sum('evictions') };
    },
  };
}

/** XC-10: remembers nothing. */
export function disabledCache<Type extends string, Value extends object>(): XdsCache<Type, Value> {
  return {
    add: () => undefined,
    get: () => undefined,
    clear: () => undefined,
    clearAll: () => undefined,
    keys: () => [],
    snapshot: () => [],
    counts: () => ({ entries: 0, documents: 0, evictions: 0 }),
  };
}

interface Held<Value> {
  readonly configs: readonly string[];
  readonly token: CacheToken;
  readonly value: Value;
}

interface TypedCache<Value> {
  add(key: string, held: Held<Value>): void;
  get(key: string): Value | undefined;
  clear(configs: ReadonlySet<string>, now: CacheToken): void;
  clearAll(now: CacheToken): void;
  keys(): readonly string[];
  values(): readonly Value[];
  counts(): CacheCounts;
}

function typedCache<Value>(max: number): TypedCache<Value> {
  const dependents = dependentKeys();
  let evictions = 0;
  const onEvicted = (key: string, { configs }: Held<Value>): void => {
    evictions += 1;
    dependents.remove(key, configs);
  };
  const empty = (): LeastRecentlyUsed<string, Held<Value>> => leastRecentlyUsed({ max, onEvicted });
  let held = empty();
  let token: CacheToken = cacheToken(0);
  const forget = (key: string): void => {
    const known = held.get(key);
    if (known === undefined) return;
    held.delete(key);
    dependents.remove(key, known.configs);
  };
  return {
    add(key, next) {
      const known = held.get(key);
      if (next.token < token || (known !== undefined && known.token >= next.token)) return;
      forget(key);
      held.set(key, next);
      dependents.add(key, next.configs);
      token = next.token;
    },
    get: (key) => held.get(key)?.value,
    clear(configs, now) {
      token = later(token, now);
      for (const config of configs) for (const key of dependents.of(config)) forget(key);
    },
    clearAll(now) {
      token = later(token, now);
      held = empty();
      dependents.clear();
    },
    keys: () => [...held.keys()],
    values: () => [...held.values()].map(({ value }) => value),
    counts: () => ({ entries: [...held.keys()].length, documents: dependents.size(), evictions }),
  };
}

const later = (a: CacheToken, b: CacheToken): CacheToken => (a > b ? a : b);

/** Which keys depend on a document, so that a change of it need not look at every entry. */
function dependentKeys() {
  const byConfig = new Map<string, Set<string>>();
  return {
    add(key: string, configs: readonly string[]): void {
      for (const config of configs) {
        const keys = byConfig.get(config);
        if (keys === undefined) byConfig.set(config, new Set([key]));
        else keys.add(key);
      }
    },
    remove(key: string, configs: readonly string[]): void {
      for (const config of configs) {
        const keys = byConfig.get(config);
        keys?.delete(key);
        if (keys?.size === 0) byConfig.delete(config);
      }
    },
    size: (): number => byConfig.size,
    of: (config: string): readonly string[] => [...(byConfig.get(config) ?? [])],
    clear: (): void => byConfig.clear(),
  };
}
