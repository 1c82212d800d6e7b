import type { RouteConfigurationIr } from '../ir/route-configuration.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { ProtoJson } from './envoy-resource.ts';

export function encodeRouteConfiguration(item: RouteConfigurationIr, _ir: ProxyIr): ProtoJson {
  return { name: item.name };
}
