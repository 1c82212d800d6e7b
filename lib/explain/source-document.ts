import { namedDocument } from '../compile/document-path.ts';
import { resourceKey, type ResourceKey } from '../resources/resource.ts';

/** The document that routes or chains come from, by the path that their metadata has; none for an empty path. */
export function sourceDocument(path: string): ResourceKey | undefined {
  const named = namedDocument(path);
  return named && resourceKey(named.kind, named.namespace, named.name);
}
