import type { StageMemory } from '../base/stage-memory.ts';
import type { RouteConfigurationIr, VirtualHostIr } from '../ir/route-configuration.ts';

/** A route configuration of the given virtual hosts, one object for all views in which it is the same. */
export function sharedConfiguration(
  settings: Omit<RouteConfigurationIr, 'virtualHosts'>,
  virtualHosts: readonly VirtualHostIr[],
  memory: StageMemory,
): RouteConfigurationIr {
  const slot = `route configuration ${JSON.stringify(settings)}`;
  return memory.combined(slot, virtualHosts, (hosts) => ({ ...settings, virtualHosts: hosts }));
}
