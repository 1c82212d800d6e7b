import type { ObjectMeta } from '../../resources/metadata.ts';
import { isKind, type Kind } from '../../resources/kinds.ts';
import type { Resource, ResourceKey } from '../../resources/resource.ts';
import type { Labels } from '../../base/labels.ts';
import type { FieldOwner } from './field-owners.ts';
import type { Stamp } from './commit.ts';

/**
 * The content of one object, as its blob holds it: what its author wrote and what never changes about it. The revision and
 * the generation are not part of it (docs/decisions/0006), so equal content is one blob whenever it was written.
 */
export interface StoredObject {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: StoredMeta;
  readonly spec: Resource['spec'];
}

export interface StoredMeta {
  readonly name: string;
  /** Empty for kinds without a namespace. */
  readonly namespace: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly uid: string;
  /** RFC 3339. */
  readonly creationTimestamp: string;
  /** Who said which fields by server-side apply. Absent for objects that nobody applies in this way. */
  readonly managedFields?: readonly FieldOwner[];
}

/** The object as readers get it: its content with what the revision says about it. */
export function toResource({ apiVersion, kind, metadata, spec }: StoredObject, stamp: Stamp): Resource {
  const full: ObjectMeta = {
    ...metadata,
    resourceVersion: String(stamp.resourceVersion),
    generation: stamp.generation,
  };
  // The pair of kind and spec came from one Resource, which the union cannot follow through a rebuilt object.
  return { apiVersion, kind, metadata: full, spec } as Resource;
}

export interface KeyParts {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

export function splitKey(key: string): KeyParts {
  const [kind = '', namespace = '', name = ''] = key.split('/');
  if (!isKind(kind)) throw new RangeError(`no key of a resource: ${key}`);
  return { kind, namespace, name };
}

/** Order of lists: by kind, namespace, name (CS-2), in code units, the same on every machine. */
export function byKey(a: ResourceKey | string, b: ResourceKey | string): number {
  const [one, other] = [a.split('/'), b.split('/')];
  for (let part = 0; part < one.length; part += 1) {
    const [left = '', right = ''] = [one[part], other[part]];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
