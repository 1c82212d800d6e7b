import type { ClusterIr } from '../ir/cluster.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { ProtoJson } from './envoy-resource.ts';

export function encodeCluster(item: ClusterIr, _ir: ProxyIr): ProtoJson {
  return { name: item.name };
}
