import type { HostName } from '../../base/host-name.ts';
import { parseIpAddress } from '../../base/ip-address.ts';
import { type Endpoint, type Service, serviceKey, type ServiceKey } from '../../model/service.ts';
import type { StatedObject, StatedProblem } from './stated-condition.ts';

/** Services as Gateways look for them. */
export interface ServiceIndex {
  /** Services of this host by their namespace. */
  byHost(host: HostName): ReadonlyMap<string, Service>;
  endpoints(service: ServiceKey): readonly Endpoint[];
  /** Addresses from outside that the document of a Service says. */
  externalAddresses(service: ServiceKey): readonly string[];
}

/** What came of the addresses of a Gateway (GA-3). */
export interface FoundAddresses {
  /** `host:port` of what serves it, sorted. */
  readonly internal: readonly string[];
  readonly external: readonly string[];
  readonly warnings: readonly string[];
  /** Whether all hosts and ports are there, be it without an instance. */
  readonly areAllUsable: boolean;
}

/** GA-3: where the services of a Gateway have its ports. */
export function findAddresses(
  hosts: readonly HostName[],
  { namespace, ports }: { readonly namespace: string; readonly ports: readonly number[] },
  services: ServiceIndex,
): FoundAddresses {
  const internal = new Set<string>();
  const external = new Set<string>();
  const warnings: string[] = [];
  let areAllUsable = true;
  for (const host of hosts) {
    const known = services.byHost(host.toLowerCase());
    const service = known.get(namespace);
    if (service === undefined) {
      warnings.push(notFound(host, namespace, [...known.keys()]));
      areAllUsable = false;
      continue;
    }
    for (const port of new Set(ports)) {
      const lack = lackOf(service, { host, port }, services);
      if (lack !== undefined) {
        warnings.push(lack.message);
        areAllUsable &&= lack.isUsable;
        continue;
      }
      internal.add(`${host}:${port}`);
      for (const address of services.externalAddresses(serviceKey(namespace, service.hostname))) external.add(address);
    }
  }
  const sorted = (set: ReadonlySet<string>): readonly string[] => [...set].sort();
  return { internal: sorted(internal), external: sorted(external), warnings: warnings.sort(), areAllUsable };
}

function notFound(host: HostName, namespace: string, others: readonly string[]): string {
  if (others.length === 0) return `hostname "${host}" not found`;
  const where = others.map((each) => `"${each}"`).sort();
  return `hostname "${host}" not found in namespace "${namespace}", but it was found in namespace(s) ${where.join(', ')}`;
}

interface Lack {
  readonly message: string;
  readonly isUsable: boolean;
}

/** Why nothing answers at a port of a service; `undefined` where something does. */
function lackOf(
  service: Service,
  { host, port }: { readonly host: HostName; readonly port: number },
  services: ServiceIndex,
): Lack | undefined {
  const endpoints = services.endpoints(serviceKey(service.namespace, service.hostname));
  const numbers = new Map(service.ports.map(({ name, number }) => [name, number]));
  if (endpoints.some(({ portName }) => numbers.get(portName) === port)) return undefined;
  if (endpoints.length === 0) return { message: `no instances found for hostname "${host}"`, isUsable: true };
  const meant = endpoints.filter((each) => each.port === port).flatMap(({ portName }) => numbers.get(portName) ?? []);
  const hints = [...new Set(meant)].map(String).sort();
  const hint = 'the service port should be specified, not the workload port. Did you mean one of these ports:';
  const more = hints.length === 0 ? '' : ` (hint: ${hint} [${hints.join(' ')}]?)`;
  return { message: `port ${port} not found for hostname "${host}"${more}`, isUsable: false };
}

/** The sentence of a Programmed condition where all is well, or what is wrong with the addresses. */
export function programmedBy({
  internal,
  warnings,
  areAllUsable,
}: FoundAddresses): { readonly message: string } | StatedProblem {
  const assigned = listed(internal);
  if (warnings.length === 0) {
    const message =
      internal.length === 0 ? 'Resource programmed' : `Resource programmed, assigned to service(s) ${assigned}`;
    return { message };
  }
  const lost = warnings.join('; ');
  const message =
    internal.length === 0
      ? `Failed to assign to any requested addresses: ${lost}`
      : `Assigned to service(s) ${assigned}, but failed to assign to all requested addresses: ${lost}`;
  return { reason: areAllUsable ? 'AddressNotAssigned' : 'AddressNotUsable', message };
}

/** `a`, `a and b`, `a, b, and c`. */
function listed(words: readonly string[]): string {
  const [last, ...before] = words.toReversed();
  if (before.length < 2) return words.join(' and ');
  return `${before.toReversed().join(', ')}, and ${last}`;
}

/** GA-9: addresses from outside, or the names of the services. */
export function shownAddresses({ internal, external }: FoundAddresses): StatedObject['addresses'] {
  const hosts = internal.map((each) => each.slice(0, each.lastIndexOf(':')));
  const values = external.length > 0 ? external : [...new Set(hosts)];
  return values.map((value) => ({ type: parseIpAddress(value) === undefined ? 'Hostname' : 'IPAddress', value }));
}
