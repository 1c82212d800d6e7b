import type { Endpoint, Service, ServiceKey } from '../model/service.ts';
import { serviceKey } from '../model/service.ts';

/** One service port that is served at some address. */
export interface ServedPort {
  readonly service: ServiceKey;
  readonly port: number;
  readonly targetPort: number;
}

/** Service ports of one namespace by the address at which they are served. */
export type ServedPorts = ReadonlyMap<string, readonly ServedPort[]>;

/** SR-12: which service ports of one namespace are served at an address, so that a proxy finds its own services; services oldest first. */
export function servedPorts(
  services: readonly Service[],
  endpoints: ReadonlyMap<ServiceKey, readonly Endpoint[]>,
): ServedPorts {
  const byAddress = new Map<string, ServedPort[]>();
  for (const { namespace, hostname, ports } of services) {
    const service = serviceKey(namespace, hostname);
    const numbers = new Map(ports.map(({ name, number }) => [name, number]));
    for (const { address, port: targetPort, portName } of endpoints.get(service) ?? []) {
      const port = numbers.get(portName);
      if (port === undefined) continue;
      const served = byAddress.get(address) ?? [];
      if (served.length === 0) byAddress.set(address, served);
      served.push({ service, port, targetPort });
    }
  }
  return byAddress;
}
