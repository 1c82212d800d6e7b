import type { ListenerIr } from '../ir/listener.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { ProtoJson } from './envoy-resource.ts';

export function encodeListener(item: ListenerIr, _ir: ProxyIr): ProtoJson {
  return { name: item.name };
}
