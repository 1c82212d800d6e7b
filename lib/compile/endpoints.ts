import type { Noted } from '../base/issue.ts';
import type { EndpointsIr } from '../ir/endpoints.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import { serviceEndpoints } from './outbound-clusters.ts';

/** The endpoints of every cluster that finds them by EDS. */
export function compileEndpoints(view: ProxyView): Noted<readonly EndpointsIr[]> {
  const each = view.services.map((visible) => serviceEndpoints(visible, view));
  return { value: each.flatMap(({ value }) => value), issues: each.flatMap(({ issues }) => issues) };
}
