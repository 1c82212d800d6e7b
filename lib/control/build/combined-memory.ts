import type { ContentIds } from '../../base/content-ids.ts';
import { lastOfEach } from '../../base/last-of-each.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { MadeOf, StageMemory } from '../../base/stage-memory.ts';
import type { ViewKey } from '../../view/proxy-view.ts';
import { verify } from './verify-piece.ts';

type Combine = StageMemory['combined'];

/** Of fewer items a value is remembered by a key of them all. */
const LONG_LIST = 8;

/**
 * What was made of several values: by all of them. A short list is known by the very objects or by a key of their contents; a long
 * one is compared with the last one of its view and with those that any view had lately.
 */
export function combinedMemory(
  ids: ContentIds,
  verifiesHits: boolean,
): (viewKey: ViewKey) => Pick<StageMemory, 'combined' | 'amended'> {
  const ofFew = shortLists(ids, verifiesHits);
  const long = longLists(ids);
  return (viewKey) => {
    const amended: StageMemory['amended'] = (slot, items, { make, amend }) => {
      const place = { slot, viewKey };
      const last = long.last(place) as MadeOf<(typeof items)[number], ReturnType<typeof make>> | undefined; // the slot says the types
      const found = (long.known(place, items) as ReturnType<typeof make> | undefined) ?? (last && amend(last, items));
      if (found && verifiesHits) verify(slot, () => make(items), found);
      const made = found ?? make(items);
      ids.assign(made);
      long.keep(place, items, made);
      return made;
    };
    const ofMany: Combine = (slot, items, make) => amended(slot, items, { make, amend: () => undefined });
    return {
      amended,
      combined: (slot, items, make) => (items.length < LONG_LIST ? ofFew : ofMany)(slot, items, make),
    };
  };
}

/** Characters of keys of combined values: what 50 views of 1,000 services need some ten times over. */
const COMBINED_KEY_CHARACTERS = 64_000_000;

function shortLists(ids: ContentIds, verifiesHits: boolean): Combine {
  const seen = seenLists();
  const remembered = leastRecentlyUsed<string, { readonly key: string; readonly made: object }>({
    max: COMBINED_KEY_CHARACTERS,
    weigh: ({ key }) => key.length,
  });
  return (slot, items, make) => {
    const again = seen.find(slot, items);
    const key = again ? '' : `${slot} ${items.map((item) => ids.of(item)).join()}`;
    const found = again ?? remembered.get(key)?.made;
    if (found !== undefined) {
      if (verifiesHits) verify(slot, () => make(items), found);
      if (again === undefined) seen.keep(slot, items, found);
      return found as ReturnType<typeof make>; // the slot says the type
    }
    const made = make(items);
    ids.assign(made);
    remembered.set(key, { key, made });
    seen.keep(slot, items, made);
    return made;
  };
}

/** Of one object: as many slots and views look at it in different ways. */
const MAX_SEEN = 32;

/** What was made of the very same objects, as long as the first of them lives: no key need be made to find it. */
function seenLists() {
  interface Seen extends MadeOf<object, object> {
    readonly slot: string;
  }
  const byFirst = lastOfEach<Seen>(MAX_SEEN);
  return {
    find(slot: string, items: readonly object[]): object | undefined {
      const [first] = items;
      const known = first ? byFirst.of(first) : [];
      return known.find((seen) => seen.slot === slot && areSame(seen.items, items))?.made;
    },
    keep(slot: string, items: readonly object[], made: object): void {
      const [first] = items;
      if (first) byFirst.keep(first, { slot, items, made });
    },
  };
}

const areSame = (one: readonly object[], other: readonly object[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index]);

/** A pointer each: what the stages of 500 views of 1,000 services combine. */
const REMEMBERED_ITEMS = 4_000_000;
/** Lists of one slot that any view had lately: views that differ in few ways have few lists between them. */
const RECENT_LISTS = 8;

interface Place {
  readonly slot: string;
  readonly viewKey: ViewKey;
}

/** What was last made of long lists, of each view and of all. A list is compared item by item, which needs no key. */
function longLists(ids: ContentIds) {
  const lasts = leastRecentlyUsed<string, MadeOf<object, object>>({
    max: REMEMBERED_ITEMS,
    weigh: ({ items }) => items.length,
  });
  const recents = leastRecentlyUsed<string, readonly MadeOf<object, object>[]>({
    max: REMEMBERED_ITEMS,
    weigh: (lists) => lists.reduce((sum, { items }) => sum + items.length, 0),
  });
  const isEqual = (item: object, before: object | undefined): boolean =>
    item === before || (before !== undefined && ids.of(item) === ids.of(before));
  const isOf = (items: readonly object[], list: MadeOf<object, object>): boolean =>
    list.items.length === items.length && items.every((item, index) => isEqual(item, list.items[index]));
  const nameOf = ({ slot, viewKey }: Place): string => `${slot} ${viewKey}`;
  return {
    last: (place: Place): MadeOf<object, object> | undefined => lasts.get(nameOf(place)),
    known(place: Place, items: readonly object[]): object | undefined {
      const last = lasts.get(nameOf(place));
      if (last && isOf(items, last)) return last.made;
      return recents.get(place.slot)?.find((list) => isOf(items, list))?.made;
    },
    keep(place: Place, items: readonly object[], made: object): void {
      lasts.set(nameOf(place), { items, made });
      const others = recents.get(place.slot)?.filter((list) => list.made !== made) ?? [];
      recents.set(place.slot, [{ items, made }, ...others].slice(0, RECENT_LISTS));
    },
  };
}
