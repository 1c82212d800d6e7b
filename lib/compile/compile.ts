import type { Issue, Noted } from '../base/issue.ts';
import type { ListenerIr } from '../ir/listener.ts';
import { noMemory, type StageMemory } from '../base/stage-memory.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { RouteConfigurationIr } from '../ir/route-configuration.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import { amendedRoutes } from './amended-routes.ts';
import { compileClusters } from './clusters.ts';
import { compileEndpoints } from './endpoints.ts';
import { compileGatewayListeners } from './gateway-listeners.ts';
import { byName } from './joined-pieces.ts';
import { compileGatewayRoutes } from './gateway-routes.ts';
import { listenerView } from './listener-view.ts';
import { requestedRoutes } from './requested-routes.ts';
import { routeView } from './route-view.ts';
import { compileSecrets } from './secrets.ts';
import { compileSidecarListeners } from './sidecar-listeners.ts';
import { compileSidecarRoutes } from './sidecar-routes.ts';
import { viewInputs } from './view-inputs.ts';

/** Takes every decision for one view: precedence, merging, order. What cannot be built is left out and named in the issues. */
export function compile(view: ProxyView, memory: StageMemory = noMemory): Noted<ProxyIr> {
  const issues: Issue[] = [];
  const take = <T>(noted: Noted<readonly T[]>): readonly T[] => {
    issues.push(...noted.issues);
    return noted.value;
  };
  const listeners = take(compileListeners(view, memory));
  const clusters = take(compileClusters(view, memory));
  const { value: found, issues: ofSecrets } = compileSecrets(view, { listeners, clusters }, memory);
  issues.push(...ofSecrets);
  const value: ProxyIr = {
    refresh: view.facts.refresh,
    clusters,
    endpoints: take(compileEndpoints(view, memory)),
    listeners: memory.combined('sorted listeners', listeners, byName),
    routes: memory.combined('sorted routes', take(compileRoutes(view, listeners, memory)), byName),
    secrets: found.secrets,
    withheldSecrets: found.withheld,
  };
  return { value, issues };
}

/** What the view's proxy listens on. */
export function compileListeners(view: ProxyView, memory: StageMemory = noMemory): Noted<readonly ListenerIr[]> {
  const { gateway } = view;
  const listened = listenerView(view, memory);
  const [slot, inputs] = gateway === undefined ? ['sidecar listeners', []] : ['gateway listeners', [gateway]];
  return memory.combined(slot, [...viewInputs(listened, memory), ...inputs], () => {
    const made = gateway ? compileGatewayListeners(listened, gateway) : compileSidecarListeners(listened);
    return { value: made.value.map((listener) => memory.same(listener)), issues: made.issues };
  });
}

/** The route configurations that these listeners of the view ask for. */
export function compileRoutes(
  view: ProxyView,
  listeners: readonly ListenerIr[],
  memory: StageMemory = noMemory,
): Noted<readonly RouteConfigurationIr[]> {
  if (view.gateway !== undefined) return compileGatewayRoutes(view, view.gateway, memory);
  const names = memory.combined('requested routes', listeners, requestedRoutes);
  const routed = routeView(view, memory);
  return memory.amended('sidecar routes', [names, ...viewInputs(routed, memory)], {
    make: () => compileSidecarRoutes(routed, names, memory),
    amend: (before, items) => amendedRoutes(before, items, { view: routed, memory }),
  });
}
