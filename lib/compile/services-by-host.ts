import type { HostName } from '../base/host-name.ts';
import type { ProxyView, VisibleService } from '../view/proxy-view.ts';

/** The services of a view by each of their names: what a destination means. An alias never takes the name of a service (SR-19). */
export function servicesByHost({ services }: Pick<ProxyView, 'services'>): ReadonlyMap<HostName, VisibleService> {
  const byHost = new Map<HostName, VisibleService>();
  for (const visible of services) for (const alias of visible.aliases) byHost.set(alias, visible);
  for (const visible of services) byHost.set(visible.service.hostname, visible);
  return byHost;
}
