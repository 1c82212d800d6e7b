import type { HostName } from '../base/host-name.ts';
import type { VisibleService } from '../view/proxy-view.ts';

/** The services of a view by each of their names: what a destination means. An alias never takes the name of a service (SR-19). */
export function servicesByHost<Named extends Pick<VisibleService, 'service' | 'aliases'>>(
  services: readonly Named[],
): ReadonlyMap<HostName, Named> {
  const byHost = new Map<HostName, Named>();
  for (const visible of services) for (const alias of visible.aliases) byHost.set(alias, visible);
  for (const visible of services) byHost.set(visible.service.hostname, visible);
  return byHost;
}
