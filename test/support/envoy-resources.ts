import type { EnvoyResource } from '../../lib/envoy/envoy-resource.ts';
import { restConfigSource } from '../../lib/envoy/config-source.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { type Sealed, seal } from '../../lib/snapshot/snapshot.ts';
import { sealResource } from '../../lib/snapshot/sealed-resource.ts';

const source = restConfigSource(durationMs(1000));

/** A cluster that finds its endpoints by EDS under its own name. */
export function cluster(name: string, settings: Readonly<Record<string, unknown>> = {}): EnvoyResource {
  return {
    type: 'clusters',
    name,
    body: { name, type: 'EDS', edsClusterConfig: { edsConfig: source, serviceName: name }, ...settings },
  };
}

export function endpoints(name: string, port: number): EnvoyResource {
  const address = { socketAddress: { address: '127.0.0.1', portValue: port } };
  return {
    type: 'endpoints',
    name,
    body: { clusterName: name, endpoints: [{ lbEndpoints: [{ endpoint: { address } }] }] },
  };
}

/** Every request to one cluster. */
export function route(name: string, to: string): EnvoyResource {
  const routes = [{ match: { prefix: '/' }, route: { cluster: to } }];
  return { type: 'routes', name, body: { name, virtualHosts: [{ name: 'all', domains: ['*'], routes }] } };
}

/** An HTTP listener on loopback whose routes come by RDS. */
export function listener(name: string, routeName: string, port = 15001): EnvoyResource {
  const manager = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    statPrefix: name,
    rds: { configSource: source, routeConfigName: routeName },
    httpFilters: [
      {
        name: 'envoy.filters.http.router',
        typedConfig: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
  };
  return {
    type: 'listeners',
    name,
    body: {
      name,
      address: { socketAddress: { address: '127.0.0.1', portValue: port } },
      filterChains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typedConfig: manager }] }],
    },
  };
}

/** The snapshot of some resources. */
export const snapshotOf = (resources: readonly EnvoyResource[]): Sealed => seal(resources.map(sealResource));
