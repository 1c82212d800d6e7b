import type { EndpointsIr } from '../ir/endpoints.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { ProtoJson } from './envoy-resource.ts';

export function encodeEndpoints(item: EndpointsIr, _ir: ProxyIr): ProtoJson {
  return { name: item.name };
}
