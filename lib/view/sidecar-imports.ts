import { hostsOverlap, isSubsetOf, isWildcard, type HostName } from '../base/host-name.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { Service } from '../model/service.ts';
import type { EgressSource, ScopedHost } from '../model/sidecar.ts';
import { isVisibleTo } from '../model/visibility.ts';
import { inVisibilityOrder, preferredByHost } from './services.ts';

/** What an egress listener says about the hosts of one namespace, or of all. */
export interface HostImports {
  readonly exact: ReadonlySet<HostName>;
  readonly all: readonly HostName[];
  readonly excluded: readonly HostName[];
}

/** By namespace, `*` for all of them (SC-6). */
export type ImportsByNamespace = ReadonlyMap<string, HostImports>;

/** A service as an egress listener imports it: with the ports that the listener means, and the hosts that let its names in. */
export interface ImportedService {
  readonly service: Service;
  readonly by: HostImports;
}

/** The hosts of one listener, as they are meant for proxies of a namespace. */
export function importsOf(hosts: readonly ScopedHost[], viewer: string): ImportsByNamespace {
  const named = Map.groupBy(hosts, ({ namespace }) => (namespace === '.' ? viewer : namespace));
  return new Map(
    [...named].map(([namespace, entries]) => {
      const all = entries.filter(({ isExcluded }) => !isExcluded).map(({ host }) => host);
      const excluded = entries.filter(({ isExcluded }) => isExcluded).map(({ host }) => host);
      return [namespace, { exact: new Set(all), all, excluded }];
    }),
  );
}

/** SC-8 to SC-12: what a listener imports for proxies of a namespace, in SR-6's order, one service per host name. */
export function importedServices(
  services: readonly Service[],
  { port, hosts }: EgressSource,
  viewer: string,
): readonly ImportedService[] {
  const imports = importsOf(hosts, viewer);
  const found = candidates(services, imports, viewer).flatMap((service): readonly ImportedService[] => {
    const [own, everywhere] = [imports.get(service.namespace), imports.get('*')];
    if (isExcluded(service.hostname, [own, everywhere])) return [];
    const by = [own, everywhere].find((each) => each !== undefined && lets(each, service.hostname));
    const meant = by && matchingPort(service, port);
    return by === undefined || meant === undefined ? [] : [{ service: meant, by }];
  });
  const kept = preferredByHost(
    found.map(({ service }) => service),
    viewer,
  );
  return found.filter(({ service }) => kept.get(service.hostname) === service.namespace);
}

/** Only services that can be meant are looked at; where every host is named in full, the oldest come first. */
function candidates(services: readonly Service[], imports: ImportsByNamespace, viewer: string): readonly Service[] {
  const isAnywhere = (imports.get('*')?.all.length ?? 0) > 0;
  const named = isAnywhere ? services : services.filter(({ namespace }) => imports.has(namespace));
  const areAllExact = !isAnywhere && [...imports.values()].every(({ all }) => !all.some(isWildcard));
  if (areAllExact) return named.filter(({ visibility }) => isVisibleTo(visibility, viewer));
  return inVisibilityOrder(named, viewer);
}

/** SC-10: a service of many hosts is imported where all of them are. */
function lets({ exact, all }: HostImports, host: HostName): boolean {
  return exact.has(host) || all.some((imported) => isWildcard(imported) && isSubsetOf(host, imported));
}

/** SC-9: beats whatever else the listener imports. */
const isExcluded = (host: HostName, imports: readonly (HostImports | undefined)[]): boolean =>
  imports.some((each) => each?.excluded.some((excluded) => isSubsetOf(host, excluded)) === true);

/** SC-12: the names of a service that a listener lets in. */
export const importedAliases = (aliases: readonly HostName[], { by }: ImportedService): readonly HostName[] => {
  const kept = aliases.filter((alias) => lets(by, alias));
  return kept.length === aliases.length ? aliases : kept;
};

/** SC-12: a listener for one port means services that have it, and of those nothing else. */
function matchingPort(service: Service, port: EgressSource['port']): Service | undefined {
  if (!meansOnePort(port)) return service;
  return withPorts(service, (number) => number === port.number);
}

/** A forward proxy, and a unix socket, lead to every port. */
const meansOnePort = (port: EgressSource['port']): port is NonNullable<EgressSource['port']> =>
  port !== undefined && port.number !== 0 && port.protocol !== 'http-proxy';

/** SC-14: the ports that a destination names; 0 stands for every port. */
export function destinationPorts(
  service: Service,
  ports: ReadonlySet<number>,
  port: EgressSource['port'],
): Service | undefined {
  if (meansOnePort(port)) return matchingPort(service, port);
  return ports.has(0) ? service : withPorts(service, (number) => ports.has(number));
}

function withPorts(service: Service, isMeant: (number: number) => boolean): Service | undefined {
  const ports = service.ports.filter(({ number }) => isMeant(number));
  if (ports.length === 0) return undefined;
  return ports.length === service.ports.length ? service : { ...service, ports };
}

/**
 * VS-15, VS-16: whether a listener imports a table: some host of it overlaps one that is let in, and is not kept out. Hosts of the
 * Gateway API are those of services, and let in as services are.
 */
export function importsTable(imports: ImportsByNamespace, { namespace, hosts, isOfGatewayApi }: RouteTable): boolean {
  const both = [imports.get(namespace), imports.get('*')];
  return hosts.some(
    (host) =>
      both.some((each) => each !== undefined && (isOfGatewayApi ? lets : overlaps)(each, host)) &&
      !isExcluded(host, both),
  );
}

function overlaps({ exact, all }: HostImports, host: HostName): boolean {
  if (exact.has(host)) return true;
  return all.some((imported) => (isWildcard(host) || isWildcard(imported)) && hostsOverlap(host, imported));
}
