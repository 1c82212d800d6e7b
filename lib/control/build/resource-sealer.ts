import type { DurationMs } from '../../base/brand.ts';
import { lastOfEach } from '../../base/last-of-each.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import { remembered, type Remembered } from '../../base/remembered.ts';
import { eachList } from '../../envoy/encode-proxy.ts';
import type { XdsType } from '../../envoy/envoy-resource.ts';
import { encodeRouteSettings, encodeVirtualHost } from '../../envoy/route-configuration.ts';
import type { ProxyIr } from '../../ir/proxy-ir.ts';
import type { RouteConfigurationIr, VirtualHostIr } from '../../ir/route-configuration.ts';
import type { Chunk } from '../../snapshot/chunk.ts';
import {
  type Around,
  type ChunkParts,
  chunkParts,
  type SealedPart,
  type SealedResource,
  sealFromParts,
  sealPart,
  sealResource,
} from '../../snapshot/sealed-resource.ts';
import { perType, type SealedLists } from '../../snapshot/snapshot.ts';

/** Spells and seals what proxies are given; the same object of the IR is spelled and hashed once, for every view that has it. */
export type ResourceSealer = (ir: ProxyIr) => SealedLists;

/** Proxies say how often they poll, so that the number of settings has to be bounded. */
const POLL_SETTINGS = 32;

/** One list for each type, in the order of the IR; the same list again for the same list of the IR. */
export function resourceSealer(): ResourceSealer {
  const byRefresh = leastRecentlyUsed<DurationMs, SealedParts>({ max: POLL_SETTINGS });
  const sealRoutes = routeSealer();
  return (ir) => {
    const sealed = byRefresh.get(ir.refresh) ?? sealedParts();
    byRefresh.set(ir.refresh, sealed);
    const lists = perType((): readonly SealedResource[] => NONE);
    eachList({ ...ir, routes: NONE }, (type, items, encode) => {
      const sealItem = (item: (typeof items)[number]): SealedResource =>
        sealed.items(item, () => sealResource(encode(item)));
      const sealList = (): readonly SealedResource[] => sealedLike(sealed.last.get(type), items, sealItem);
      lists[type] = items.length === 0 ? NONE : sealed.lists(items, sealList);
      sealed.last.set(type, { items, made: lists[type] });
    });
    return { ...lists, routes: sealed.lists(ir.routes, () => ir.routes.map(sealRoutes)) };
  };
}

const NONE: readonly never[] = [];

/** A list as it was sealed. */
interface SealedList {
  readonly items: readonly object[];
  readonly made: readonly SealedResource[];
}

/** Seals each item; what is in the same place of the last list of its type is not looked up. */
const sealedLike = <Item extends object>(
  last: SealedList | undefined,
  items: readonly Item[],
  sealItem: (item: Item) => SealedResource,
): readonly SealedResource[] =>
  items.map((item, index) => (last?.items[index] === item ? (last.made[index] ?? sealItem(item)) : sealItem(item)));

/** Everything that was sealed for one poll setting, as long as what it was sealed from lives. */
interface SealedParts {
  readonly items: Remembered<SealedResource>;
  readonly lists: Remembered<readonly SealedResource[]>;
  readonly last: Map<XdsType, SealedList>;
}

const sealedParts = (): SealedParts => ({ items: remembered(), lists: remembered(), last: new Map() });

/**
 * A route configuration holds a mesh: each of its virtual hosts is spelled for itself, and each chunk of them put together and hashed,
 * so that the host that changes and those beside it are all the work.
 */
function routeSealer(): (configuration: RouteConfigurationIr) => SealedResource {
  const configurations: Remembered<SealedResource> = remembered();
  const hosts: Remembered<SealedPart> = remembered();
  const chunks = chunkMemory();
  const sealHost = (host: VirtualHostIr): SealedPart =>
    hosts(host, () => sealPart('routes', host.name, encodeVirtualHost(host)));
  return (configuration) =>
    configurations(configuration, () => {
      const { name, virtualHosts } = configuration;
      const rest = { type: 'routes', name, body: encodeRouteSettings(configuration) } as const;
      if (virtualHosts.length === 0) return sealResource(rest);
      return sealFromParts({ rest, member: 'virtualHosts', parts: virtualHosts.map(sealHost) }, chunks);
    });
}

/** Chunks that begin with the same part and are remembered: as many views differ in what lies behind it. */
const CHUNKS_FROM_ONE_PART = 8;

interface KnownChunk extends Around {
  readonly parts: readonly SealedPart[];
  readonly made: Chunk;
}

/** Chunks by the parts that they are made of, as long as the first of them lives. */
function chunkMemory(): ChunkParts {
  const byFirst = lastOfEach<KnownChunk>(CHUNKS_FROM_ONE_PART);
  return (parts, around) => {
    const [first] = parts;
    const known = first ? byFirst.of(first) : [];
    const found = known.find((chunk) => isSameChunk(chunk, parts, around));
    if (found) return found.made;
    const made = chunkParts(parts, around);
    if (first) byFirst.keep(first, { parts, ...around, made });
    return made;
  };
}

const isSameChunk = (known: KnownChunk, parts: readonly SealedPart[], { before, after }: Around): boolean =>
  known.parts.length === parts.length &&
  known.before === before &&
  known.after === after &&
  known.parts.every((part, index) => part === parts[index]);
