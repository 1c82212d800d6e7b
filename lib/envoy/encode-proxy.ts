import type { ProxyIr } from '../ir/proxy-ir.ts';
import { encodeCluster } from './cluster.ts';
import { encodeEndpoints } from './endpoints.ts';
import type { EnvoyResource, ProtoJson, XdsType } from './envoy-resource.ts';
import { encodeListener } from './listener.ts';
import { encodeRouteConfiguration } from './route-configuration.ts';

/** How Envoy wants the decisions written: a pure spelling, one resource per entry, in the order of the IR. */
export function encodeProxy(ir: ProxyIr): readonly EnvoyResource[] {
  const each = <T extends { readonly name: string }>(
    type: XdsType,
    items: readonly T[],
    encode: (item: T, ir: ProxyIr) => ProtoJson,
  ): EnvoyResource[] => items.map((item) => ({ type, name: item.name, body: encode(item, ir) }));
  return [
    ...each('clusters', ir.clusters, encodeCluster),
    ...each('endpoints', ir.endpoints, encodeEndpoints),
    ...each('listeners', ir.listeners, encodeListener),
    ...each('routes', ir.routes, encodeRouteConfiguration),
  ];
}
