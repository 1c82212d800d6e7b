import { XDS_CLUSTER } from '../../lib/envoy/config-source.ts';
import type { EnvoyResource, ProtoJson, XdsType } from '../../lib/envoy/envoy-resource.ts';

/**
 * A bootstrap that holds what a proxy would otherwise poll for: clusters with their endpoints and listeners with their routes
 * in place. `envoy --mode validate` looks at nothing that comes from elsewhere, so this is how endpoints and routes are checked too.
 */
export function staticBootstrap(resources: readonly EnvoyResource[]): object {
  const bodies = (type: XdsType): readonly ProtoJson[] =>
    resources.filter((resource) => resource.type === type).map(({ body }) => body);
  const endpoints = new Map(bodies('endpoints').map((body) => [body['clusterName'], body]));
  const routes = new Map(bodies('routes').map((body) => [body['name'], body]));
  return {
    node: { id: 'golden', cluster: 'golden' },
    staticResources: {
      clusters: [xdsCluster, ...bodies('clusters').map((cluster) => withEndpoints(cluster, endpoints))],
      listeners: bodies('listeners').map((listener) => withRoutes(listener, routes)),
    },
  };
}

/** Config sources that are left (secrets) name the cluster to poll; nothing is asked of it. */
const xdsCluster = {
  name: XDS_CLUSTER,
  connectTimeout: '1s',
  type: 'STATIC',
  loadAssignment: { clusterName: XDS_CLUSTER },
};

function withEndpoints(cluster: ProtoJson, endpoints: ReadonlyMap<unknown, ProtoJson>): ProtoJson {
  if (cluster['type'] !== 'EDS') return cluster;
  const { edsClusterConfig, ...rest } = cluster;
  const { serviceName = cluster['name'] } = edsClusterConfig as { serviceName?: string };
  const assignment = endpoints.get(serviceName);
  return { ...rest, type: 'STATIC', loadAssignment: { ...assignment, clusterName: cluster['name'] } };
}

/** Replaces every `rds` at whatever depth; a route configuration that nobody made is a fault of the snapshot. */
function withRoutes(value: unknown, routes: ReadonlyMap<unknown, ProtoJson>): unknown {
  if (Array.isArray(value)) return value.map((item) => withRoutes(item, routes));
  if (value === null || typeof value !== 'object') return value;
  const { rds, ...rest } = value as { rds?: { routeConfigName: string } };
  const entries = Object.entries(rest).map(([key, member]) => [key, withRoutes(member, routes)] as const);
  if (rds === undefined) return Object.fromEntries(entries);
  const routeConfig = routes.get(rds.routeConfigName);
  if (routeConfig === undefined) throw new Error(`nothing is called ${rds.routeConfigName} among the routes`);
  return Object.fromEntries([...entries, ['routeConfig', routeConfig]]);
}
