import type { Noted } from '../base/issue.ts';
import type { EndpointsIr } from '../ir/endpoints.ts';
import type { ProxyView } from '../view/proxy-view.ts';

export function compileEndpoints(_view: ProxyView): Noted<readonly EndpointsIr[]> {
  return { value: [], issues: [] };
}
