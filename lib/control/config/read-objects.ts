import { type LabelSelector, matchesSelector } from '../../base/label-selector.ts';
import type { Kind } from '../../resources/kinds.ts';
import { type Resource, type ResourceKey, resourceKey } from '../../resources/resource.ts';
import { type ConfigStore, newestState, type RevisionState, stateAt } from './config-store.ts';
import { allObjects, existingObjects } from './existing-objects.ts';
import { impliedNamespace, usedNamespaces } from './namespaces.ts';
import { readStatus, readStatuses, withStatus } from './object-status.ts';
import { byKey, splitKey, toResource } from '../revisions/stored-object.ts';

/** One object with its status as both are now; `undefined` when it is not there (CS-1). */
export async function readObject(store: ConfigStore, key: ResourceKey): Promise<Resource | undefined> {
  const [state, status] = await Promise.all([newestState(store), readStatus(store.records, key)]);
  const found = (await existingObjects(store, state, [key])).get(key);
  if (found) return withStatus(toResource(found.object, found.stamp), status?.record);
  const { kind, name } = splitKey(key);
  const isImplied = kind === 'Namespace' && (await usedNamespaces(store, state)).has(name);
  return isImplied ? impliedNamespace(name) : undefined;
}

export interface ListRequest {
  readonly kind: Kind;
  /** Absent for all namespaces. */
  readonly namespace?: string;
  readonly labels: LabelSelector;
  /** Which objects beside that, by name and namespace. */
  readonly isWanted: (namespace: string, name: string) => boolean;
  /** At most so many, 1 or more. */
  readonly limit?: number;
  /** From the page before. */
  readonly cursor?: ListCursor;
}

/** Where a list goes on. All pages show the same revision, so that no object is missed or seen twice. */
export interface ListCursor {
  readonly revision: number;
  readonly after: string;
}

export type ListOutcome =
  | {
      readonly outcome: 'listed';
      readonly revision: number;
      readonly items: readonly Resource[];
      readonly next?: ListCursor;
      /** How many follow this page. */
      readonly remaining: number;
    }
  /** The revision of the cursor is not in the history. */
  | { readonly outcome: 'expired' };

/** One page of a kind's objects, by namespace and name (CS-2). */
export async function listObjects(store: ConfigStore, request: ListRequest): Promise<ListOutcome> {
  const { kind, namespace, cursor } = request;
  const state = cursor ? await stateAt(store, cursor.revision) : await newestState(store);
  if (!state) return { outcome: 'expired' };
  const prefix = namespace === undefined ? `${kind}/` : `${kind}/${namespace}/`;
  const [objects, statuses] = await Promise.all([
    allObjects(store, state, (key) => key.startsWith(prefix) && isSelected(key, request)),
    readStatuses(store.records, prefix),
  ]);
  const stored = objects.map(({ key, object, stamp }) => ({ key, resource: toResource(object, stamp) }));
  const implied = kind === 'Namespace' ? await impliedBeside(store, state, { stored, request }) : [];
  const matching = [...stored, ...implied]
    .filter(({ resource }) => matchesSelector(request.labels, resource.metadata.labels ?? {}))
    .sort((a, b) => byKey(a.key, b.key));
  const page = matching.slice(0, request.limit);
  const last = page.at(-1);
  const remaining = matching.length - page.length;
  return {
    outcome: 'listed',
    revision: state.revision,
    items: page.map(({ key, resource }) => withStatus(resource, statuses.get(key))),
    remaining,
    ...(last && remaining > 0 && { next: { revision: state.revision, after: last.key } }),
  };
}

interface KeyedResource {
  readonly key: string;
  readonly resource: Resource;
}

/** Namespaces that exist by use alone. */
async function impliedBeside(
  store: ConfigStore,
  state: RevisionState,
  { stored, request }: { readonly stored: readonly KeyedResource[]; readonly request: ListRequest },
): Promise<readonly KeyedResource[]> {
  const written = new Set(stored.map(({ resource }) => resource.metadata.name));
  return [...(await usedNamespaces(store, state))]
    .filter((name) => !written.has(name))
    .map((name) => ({ key: resourceKey('Namespace', '', name), resource: impliedNamespace(name) }))
    .filter(({ key }) => isSelected(key, request));
}

function isSelected(key: string, { isWanted, cursor }: ListRequest): boolean {
  const { namespace, name } = splitKey(key);
  return isWanted(namespace, name) && (cursor === undefined || byKey(key, cursor.after) > 0);
}
