import type { RouteTable } from '../model/route-table.ts';
import type { Kind } from '../resources/kinds.ts';
import type { ResourceKey } from '../resources/resource.ts';

const BEFORE_NAMESPACE = '/apis/networking.istio.io/v1/namespaces/';

/** By the word that stands for a kind in such paths. */
const KINDS: Readonly<Record<string, Kind>> = { 'virtual-service': 'VirtualService', sidecar: 'Sidecar' };

/** The API path by which metadata names the document that routes come from; dashboards know it from Istio. */
export const routeTablePath = ({ namespace, name }: Pick<RouteTable, 'namespace' | 'name'>): string =>
  `${BEFORE_NAMESPACE}${namespace}/virtual-service/${name}`;

/** The same of a Sidecar. */
export function sidecarPath(source: ResourceKey): string {
  const [, namespace = '', name = ''] = source.split('/');
  return `${BEFORE_NAMESPACE}${namespace}/sidecar/${name}`;
}

/** The document that such a path names; none for an empty path. */
export function namedDocument(
  path: string,
): { readonly kind: Kind; readonly namespace: string; readonly name: string } | undefined {
  if (!path.startsWith(BEFORE_NAMESPACE)) return undefined;
  const [namespace = '', word = '', name] = path.slice(BEFORE_NAMESPACE.length).split('/');
  const kind = KINDS[word];
  return kind === undefined || name === undefined ? undefined : { kind, namespace, name };
}

/** Its key. */
export function documentOf(path: string): string | undefined {
  const named = namedDocument(path);
  return named && `${named.kind}/${named.namespace}/${named.name}`;
}
