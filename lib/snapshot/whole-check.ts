import { lastOfEach } from '../base/last-of-each.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { type BrokenReference, brokenReferences, isSevere, type Referrer } from './references.ts';

/** The resources of a snapshot by type. */
type Lists = Readonly<Record<XdsType, readonly Referrer[]>>;

/**
 * Checks snapshot after snapshot for references that make it unfit (SNAP-1); answers the first that it finds. What a list names
 * is found out once for all snapshots that have the list, and once for lists that differ in nothing but bodies.
 */
export function wholeCheck(): (lists: Lists, before?: Lists) => BrokenReference | undefined {
  const known = new WeakMap<readonly Referrer[], ListNames>();
  /** What was found whole, by what its listeners have and need. */
  const whole = lastOfEach<readonly ListNames[]>(KNOWN_WHOLE);
  const namesOf = (list: readonly Referrer[], before: readonly Referrer[] | undefined): ListNames => {
    const again = known.get(list);
    if (again) return again;
    const same = before && namesAlike(list, before) ? known.get(before) : undefined;
    const names = same ?? readNames(list);
    known.set(list, names);
    return names;
  };
  return (lists, before) => {
    const types = Object.keys(lists) as XdsType[];
    const names = types.map((type) => [type, namesOf(lists[type], before?.[type])] as const);
    const present = Object.fromEntries(names.map(([type, { has }]) => [type, has]));
    const all = names.map(([, list]) => list);
    const ofListeners = namesOf(lists.listeners, before?.listeners);
    if (whole.of(ofListeners).some((snapshot) => snapshot.every((list, index) => list === all[index])))
      return undefined;
    const isWhole = names.every(([, { needs }]) => needs.every(({ type, name }) => present[type]?.has(name) === true));
    if (isWhole) whole.keep(ofListeners, all);
    return isWhole ? undefined : brokenReferences(Object.values(lists).flat(), []).find(isUnfit);
  };
}

/** Snapshots with the same listeners that are remembered to be whole: as many as views with them differ in other lists. */
const KNOWN_WHOLE = 16;

const isUnfit = (broken: BrokenReference): boolean => broken.isSevere;

/** What a list of resources has and what it cannot be without. */
interface ListNames {
  readonly has: ReadonlySet<string>;
  readonly needs: Referrer['references'];
}

const readNames = (list: readonly Referrer[]): ListNames => ({
  has: new Set(list.map(({ name }) => name)),
  needs: list.flatMap(({ references }) => references.filter(isSevere)),
});

/** Whether two lists have and need the same, place by place. */
function namesAlike(list: readonly Referrer[], before: readonly Referrer[]): boolean {
  return (
    list.length === before.length &&
    list.every(({ name, references }, index) => {
      const old = before[index];
      return old?.name === name && areSame(references, old.references);
    })
  );
}

const areSame = (one: Referrer['references'], other: Referrer['references']): boolean =>
  one === other ||
  (one.length === other.length &&
    one.every(({ type, name }, index) => type === other[index]?.type && name === other[index].name));
