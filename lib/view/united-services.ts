import type { HostName } from '../base/host-name.ts';
import type { StageMemory } from '../base/stage-memory.ts';
import type { Service, ServicePort } from '../model/service.ts';

/** A service as something imports it, with those of its other names that are let in. */
export interface OfferedService {
  readonly service: Service;
  readonly aliases: readonly HostName[];
}

/**
 * SC-15, SC-16: the services of all listeners, one per host name, in the order in which they were imported first. What is there
 * stays, but a Service takes the place of a ServiceEntry's, and one service imported with other ports gets those too.
 */
export function unitedServices(offered: readonly OfferedService[], memory: StageMemory): readonly OfferedService[] {
  const united = new Map<HostName, OfferedService>();
  for (const offer of offered) {
    const { hostname } = offer.service;
    const present = united.get(hostname);
    united.set(hostname, present === undefined ? offer : unite(present, offer, memory)); // a key keeps its place
  }
  return [...united.values()];
}

function unite(present: OfferedService, offer: OfferedService, memory: StageMemory): OfferedService {
  const [had, gets] = [present.service, offer.service];
  if (had.registry !== gets.registry) return had.registry === 'kubernetes' ? present : offer;
  if (had === gets || had.namespace !== gets.namespace) return present;
  const added = gets.ports.filter(({ number }) => had.ports.every((port) => port.number !== number));
  if (added.length === 0) return present;
  const service = memory.combined('united service', [had, gets], () => withPorts(had, added));
  return { ...present, service };
}

const withPorts = (service: Service, added: readonly ServicePort[]): Service => ({
  ...service,
  ports: [...service.ports, ...added],
});
