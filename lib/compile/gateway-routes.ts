import type { Noted } from '../base/issue.ts';
import type { RouteConfigurationIr } from '../ir/route-configuration.ts';
import type { MergedGateway } from '../view/merged-gateway.ts';
import type { ProxyView } from '../view/proxy-view.ts';

export function compileGatewayRoutes(
  _view: ProxyView,
  _gateway: MergedGateway,
): Noted<readonly RouteConfigurationIr[]> {
  return { value: [], issues: [] };
}
