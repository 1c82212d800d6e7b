import { type ContentHash, hashBytes, hashOf } from '../../base/hashing.ts';
import type { Labels } from '../../base/labels.ts';
import { parseTimestamp, printTimestamp } from '../../base/timestamp.ts';
import { preferredApiVersion } from '../../resources/kinds.ts';
import { keyOf, type Resource } from '../../resources/resource.ts';
import type { ConfigStore, RevisionState } from './config-store.ts';
import type { ExistingObject } from './existing-objects.ts';
import { type FieldOwner, stillOwned } from '../revisions/field-owners.ts';
import { comparedDocument } from './shown-secrets.ts';
import type { RevisionDraft } from './move-head.ts';
import type { ChangeCounts, Stamp } from '../revisions/commit.ts';
import { editTrie } from '../revisions/edit-trie.ts';
import { type StoredMeta, type StoredObject, toResource } from '../revisions/stored-object.ts';
import { encodeJsonBlob } from '../revisions/trie-node.ts';

/** What a revision does to one object, in the words that kubectl uses. */
export type ObjectAction = 'created' | 'configured' | 'unchanged' | 'pruned';

/** One object as the next revision has it; `after` is absent for one that goes. */
export interface ObjectPlan {
  readonly key: string;
  readonly action: ObjectAction;
  readonly after?: { readonly object: StoredObject; readonly stamp: Stamp };
}

/** What an object is given when it comes into being or changes. */
export interface Birth {
  /** The revision that is being made. */
  readonly revision: number;
  /** RFC 3339. */
  readonly time: string;
  readonly uid: string;
  /** Who says which fields from now on, where this is a server-side apply. */
  readonly owners?: readonly FieldOwner[];
}

/**
 * The object that a written document makes of what is stored. Name, uid and creation time stay for life (CS-4); the
 * generation grows only when the spec changes; equal content changes nothing, whatever the document says of its own version.
 */
export function planObject(written: Resource, existing: ExistingObject | undefined, birth: Birth): ObjectPlan {
  const key = keyOf(written);
  const object: StoredObject = {
    apiVersion: preferredApiVersion(written.kind),
    kind: written.kind,
    metadata: storedMeta(written, existing, birth),
    spec: written.spec,
  };
  if (!existing) return { key, action: 'created', after: { object, stamp: stampAt(birth.revision, 1) } };
  if (hashOf(object) === existing.hash) {
    return { key, action: 'unchanged', after: { object: existing.object, stamp: existing.stamp } };
  }
  const isSpecChanged = hashOf(object.spec) !== hashOf(existing.object.spec);
  const generation = existing.stamp.generation + (isSpecChanged ? 1 : 0);
  return { key, action: 'configured', after: { object, stamp: stampAt(birth.revision, generation) } };
}

export const planRemoval = (key: string): ObjectPlan => ({ key, action: 'pruned' });

/** The revision that carries out the plans, and what must be stored for it. */
export async function draftOf(
  store: Pick<ConfigStore, 'reader'>,
  state: RevisionState,
  plans: readonly ObjectPlan[],
): Promise<RevisionDraft> {
  const changes = plans.filter((plan) => plan.action !== 'unchanged');
  const bodies = new Map(changes.flatMap(({ key, after }) => (after ? [[key, encodeJsonBlob(after.object)]] : [])));
  const hashes = new Map<string, ContentHash | undefined>(
    changes.map(({ key }) => {
      const body = bodies.get(key);
      return [key, body && hashBytes(body)];
    }),
  );
  const stamps = new Map(changes.map(({ key, after }) => [key, after?.stamp]));
  const [tree, marks] = await Promise.all([
    editTrie<ContentHash>(store.reader, state.tree, hashes),
    editTrie<Stamp>(store.reader, state.stamps, stamps),
  ]);
  return {
    tree: tree.root,
    stamps: marks.root,
    blobs: [...bodies.values(), ...tree.blobs, ...marks.blobs],
    counts: countsOf(plans),
  };
}

function countsOf(plans: readonly ObjectPlan[]): ChangeCounts {
  const count = (action: ObjectAction): number => plans.filter((plan) => plan.action === action).length;
  return { created: count('created'), configured: count('configured'), pruned: count('pruned') };
}

function storedMeta(written: Resource, existing: ExistingObject | undefined, birth: Birth): StoredMeta {
  const { name, namespace, labels, annotations, creationTimestamp, uid } = written.metadata;
  const born = existing?.object.metadata;
  return {
    name,
    namespace,
    ...whenFilled('labels', labels),
    ...whenFilled('annotations', annotations),
    uid: born?.uid ?? (uid || birth.uid),
    creationTimestamp: born?.creationTimestamp ?? writtenTime(creationTimestamp) ?? birth.time,
    ...managedFields(written, existing, birth),
  };
}

function managedFields(
  written: Resource,
  existing: ExistingObject | undefined,
  { owners, time }: Birth,
): Pick<StoredMeta, 'managedFields'> {
  const before = existing?.object.metadata.managedFields;
  if (!owners && !(before && existing)) return {};
  const printed = comparedDocument;
  const kept =
    owners ??
    (before && existing
      ? stillOwned(before, printed(toResource(existing.object, existing.stamp)), printed(written))
      : []);
  return kept.length === 0 ? {} : { managedFields: kept.map((owner) => ({ ...owner, time: owner.time ?? time })) };
}

/** CS-3: a time that the document brings is kept, in the one form in which times compare as texts; anything else is no time. */
function writtenTime(creationTimestamp = ''): string | undefined {
  const moment = parseTimestamp(creationTimestamp);
  return moment === undefined ? undefined : printTimestamp(moment);
}

/** An empty map and no map at all say the same; only one of them may be stored, or equal content would differ. */
function whenFilled<Name extends string>(name: Name, map: Labels | undefined): { readonly [N in Name]?: Labels } {
  return map && Object.keys(map).length > 0 ? ({ [name]: map } as { readonly [N in Name]: Labels }) : {};
}

const stampAt = (resourceVersion: number, generation: number): Stamp => ({ resourceVersion, generation });
