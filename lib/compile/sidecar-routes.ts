import type { Noted } from '../base/issue.ts';
import type { RouteConfigurationIr } from '../ir/route-configuration.ts';
import type { ProxyView } from '../view/proxy-view.ts';

export function compileSidecarRoutes(_view: ProxyView): Noted<readonly RouteConfigurationIr[]> {
  return { value: [], issues: [] };
}
