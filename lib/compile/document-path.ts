import type { RouteTable } from '../model/route-table.ts';

/** The API path by which metadata names the document that routes come from; dashboards know it from Istio. */
export const routeTablePath = ({ namespace, name }: Pick<RouteTable, 'namespace' | 'name'>): string =>
  `${BEFORE_NAMESPACE}${namespace}${BEFORE_NAME}${name}`;

const BEFORE_NAMESPACE = '/apis/networking.istio.io/v1/namespaces/';
const BEFORE_NAME = '/virtual-service/';

/** The key of the document that such a path names; none for an empty path. */
export function documentOf(path: string): string | undefined {
  if (!path.startsWith(BEFORE_NAMESPACE)) return undefined;
  const [namespace, name] = path.slice(BEFORE_NAMESPACE.length).split(BEFORE_NAME);
  return namespace === undefined || name === undefined ? undefined : `VirtualService/${namespace}/${name}`;
}
