import type { Noted } from '../base/issue.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { MergedGateway } from '../view/merged-gateway.ts';
import type { ProxyView } from '../view/proxy-view.ts';

export function compileGatewayListeners(_view: ProxyView, _gateway: MergedGateway): Noted<readonly ListenerIr[]> {
  return { value: [], issues: [] };
}
