import { PATH_KINDS } from '../compile/document-path.ts';
import { resourceKey, type ResourceKey } from '../resources/resource.ts';

/** The document that an API path in the metadata of a route or a chain names; none for an empty path. */
export function namedDocument(path: string): ResourceKey | undefined {
  const [root, apis, group, , , namespace = '', word, name] = path.split('/');
  const known = PATH_KINDS.find((each) => each.group === group && each.word === word);
  if (root !== '' || apis !== 'apis' || known === undefined || name === undefined) return undefined;
  return resourceKey(known.kind, namespace, name);
}
