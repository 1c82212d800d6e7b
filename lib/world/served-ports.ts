import type { Endpoint, Service, ServiceKey } from '../model/service.ts';
import { serviceKey } from '../model/service.ts';

/** One service port that is served at some address. */
export interface ServedPort {
  readonly service: ServiceKey;
  readonly namespace: string;
  readonly port: number;
  readonly targetPort: number;
}

/** SR-12: which service ports are served at an address, so that a proxy finds its own services; services oldest first. */
export function servedPorts(
  services: readonly Service[],
  endpoints: ReadonlyMap<ServiceKey, readonly Endpoint[]>,
): ReadonlyMap<string, readonly ServedPort[]> {
  const byAddress = new Map<string, ServedPort[]>();
  for (const { namespace, hostname, ports } of services) {
    const service = serviceKey(namespace, hostname);
    const numbers = new Map(ports.map(({ name, number }) => [name, number]));
    for (const { address, port: targetPort, portName } of endpoints.get(service) ?? []) {
      const port = numbers.get(portName);
      if (port === undefined) continue;
      const served = byAddress.get(address) ?? [];
      if (served.length === 0) byAddress.set(address, served);
      served.push({ service, namespace, port, targetPort });
    }
  }
  return byAddress;
}
