import type { Issue, Noted } from '../base/issue.ts';
import type { ListenerIr } from '../ir/listener.ts';
import { noMemory, type StageMemory } from '../base/stage-memory.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { RouteConfigurationIr } from '../ir/route-configuration.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import { compileClusters } from './clusters.ts';
import { compileEndpoints } from './endpoints.ts';
import { compileGatewayListeners } from './gateway-listeners.ts';
import { byName } from './joined-pieces.ts';
import { compileGatewayRoutes } from './gateway-routes.ts';
import { requestedRoutes } from './requested-routes.ts';
import { compileSidecarListeners } from './sidecar-listeners.ts';
import { compileSidecarRoutes } from './sidecar-routes.ts';

/** Takes every decision for one view: precedence, merging, order. What cannot be built is left out and named in the issues. */
export function compile(view: ProxyView, memory: StageMemory = noMemory): Noted<ProxyIr> {
  const issues: Issue[] = [];
  const take = <T>(noted: Noted<readonly T[]>): readonly T[] => {
    issues.push(...noted.issues);
    return noted.value;
  };
  const listeners = take(compileListeners(view));
  const value: ProxyIr = {
    refresh: view.facts.refresh,
    clusters: take(compileClusters(view, memory)),
    endpoints: take(compileEndpoints(view, memory)),
    listeners: byName(listeners),
    routes: byName(take(compileRoutes(view, listeners))),
  };
  return { value, issues };
}

export function compileListeners(view: ProxyView): Noted<readonly ListenerIr[]> {
  return view.gateway === undefined ? compileSidecarListeners(view) : compileGatewayListeners(view, view.gateway);
}

/** The route configurations that these listeners of the view ask for. */
export function compileRoutes(
  view: ProxyView,
  listeners: readonly ListenerIr[],
): Noted<readonly RouteConfigurationIr[]> {
  return view.gateway === undefined
    ? compileSidecarRoutes(view, requestedRoutes(listeners))
    : compileGatewayRoutes(view, view.gateway);
}
