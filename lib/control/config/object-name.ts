import { documentKind, type Kind, kindOfDocument, preferredApiVersion } from '../../resources/kinds.ts';
import { type ResourceKey, resourceKey } from '../../resources/resource.ts';
import { splitKey } from '../revisions/stored-object.ts';

/** Which object something is about, in the words of documents: `apiVersion` and `kind` together say the kind. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for kinds without a namespace. */
  readonly namespace: string;
  readonly name: string;
}

/** The name in the preferred version, as answers of the API have it. */
export function objectName(key: string): ObjectName {
  const { kind, namespace, name } = splitKey(key);
  return { apiVersion: preferredApiVersion(kind), kind: documentKind(kind), namespace, name };
}

/** The kind and the key that the name stands for; `undefined` when there is no such kind here. */
export function namedObject({ apiVersion, kind: word, namespace, name }: ObjectName): NamedObject | undefined {
  const kind = kindOfDocument(apiVersion, word);
  return kind && { kind, key: resourceKey(kind, namespace, name) };
}

interface NamedObject {
  readonly kind: Kind;
  readonly key: ResourceKey;
}
