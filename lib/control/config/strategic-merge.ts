import { isMembers, type Members } from '../../base/members.ts';
import type { Kind } from '../../resources/kinds.ts';

/**
 * Lists that Kubernetes merges by the value of one member, by the path of the list. Only kinds that are Kubernetes' own are
 * patched this way; all their other lists are replaced whole.
 * Source: the `patchStrategy` and `patchMergeKey` of the kinds in the Kubernetes API reference.
 */
const mergedLists: Partial<Readonly<Record<Kind, Readonly<Record<string, string>>>>> = {
  ConfigMap: {},
  EndpointSlice: {},
  Namespace: {},
  Secret: {},
  Service: { 'spec.ports': 'port' },
};

/** The member by which Kubernetes merges the items of a list, by the path of the list; clients read it in the schema of the kind. */
export const mergeKeysOf = (kind: Kind): Readonly<Record<string, string>> => mergedLists[kind] ?? {};

/** Whether a kind takes `strategic-merge-patch+json`; kubectl sends it for the kinds that it has built in. */
export const takesStrategicMerge = (kind: Kind): boolean => mergedLists[kind] !== undefined;

/**
 * The document after a strategic merge patch: like RFC 7396, but lists of the table are merged item by item, and the directives
 * `$patch` (`replace`, `delete`), `$retainKeys` and `$setElementOrder` are followed.
 */
export function strategicMerge(kind: Kind, target: unknown, change: unknown): unknown {
  return mergeValue({ lists: mergedLists[kind] ?? {}, path: '' }, target, change);
}

interface Place {
  readonly lists: Readonly<Record<string, string>>;
  readonly path: string;
}

function mergeValue(place: Place, target: unknown, change: unknown): unknown {
  if (Array.isArray(change)) {
    const key = place.lists[place.path];
    return key === undefined ? change : mergeList(place, Array.isArray(target) ? target : [], { key, change });
  }
  return isMembers(change) ? mergeMembers(place, isMembers(target) ? target : {}, change) : change;
}

function mergeMembers(place: Place, target: Members, change: Members): Members {
  const { $patch: directive, $retainKeys: retained, ...members } = change;
  const kept = Object.entries(directive === 'replace' ? {} : target).filter(
    ([member]) => !Array.isArray(retained) || retained.includes(member),
  );
  const result = new Map(kept);
  for (const [member, value] of Object.entries(members)) {
    if (member.startsWith('$')) continue;
    const below = { ...place, path: place.path === '' ? member : `${place.path}.${member}` };
    if (value === null || (isMembers(value) && value['$patch'] === 'delete')) result.delete(member);
    else result.set(member, mergeValue(below, result.get(member), value));
  }
  for (const [member, order] of Object.entries(members)) {
    const listed = member.startsWith('$setElementOrder/') ? member.slice('$setElementOrder/'.length) : undefined;
    const list = listed === undefined ? undefined : result.get(listed);
    const key = place.lists[place.path === '' ? (listed ?? '') : `${place.path}.${listed}`];
    if (listed !== undefined && key !== undefined && Array.isArray(list) && Array.isArray(order)) {
      result.set(listed, inOrder(list, order, key));
    }
  }
  return Object.fromEntries(result);
}

interface ListChange {
  readonly key: string;
  readonly change: readonly unknown[];
}

function mergeList(place: Place, target: readonly unknown[], { key, change }: ListChange): readonly unknown[] {
  const isReplacement = change.some((item) => isMembers(item) && item['$patch'] === 'replace');
  const items = isReplacement ? [] : [...target];
  for (const item of change) {
    if (!isMembers(item)) items.push(item);
    else if (item['$patch'] !== 'replace') {
      const index = items.findIndex((other) => isMembers(other) && other[key] === item[key]);
      const isRemoval = item['$patch'] === 'delete';
      if (isRemoval && index >= 0) items.splice(index, 1);
      else if (!isRemoval && index >= 0) items[index] = mergeMembers(place, items[index] as Members, item);
      else if (!isRemoval) items.push(item);
    }
  }
  return items;
}

/** Items whose key is in the order come in that order; those that the patch did not know of stay behind them. */
function inOrder(list: readonly unknown[], order: readonly unknown[], key: string): readonly unknown[] {
  const keyOf = (item: unknown): unknown => (isMembers(item) ? item[key] : undefined);
  const places = new Map(order.map((item, index) => [keyOf(item), index]));
  const placeOf = (item: unknown): number => places.get(keyOf(item)) ?? places.size;
  return list.toSorted((a, b) => placeOf(a) - placeOf(b));
}
