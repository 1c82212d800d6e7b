import type { HostName } from '../base/host-name.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { StageMemory } from '../base/stage-memory.ts';
import type { RouteIr, VirtualHostIr } from '../ir/route-configuration.ts';
import type { ResourceKey } from '../resources/resource.ts';
import {
  type DomainFacts,
  hostAndPort,
  type NamedService,
  serviceDomains,
  withPort,
  type ServiceDomains,
} from './service-domains.ts';

/** Hosts and services of one port that share routes. */
export interface HostGroup {
  readonly port: number;
  /** Hosts that are no services, as a route table names them. */
  readonly hosts: readonly HostName[];
  readonly services: readonly NamedService[];
  readonly routes: readonly RouteIr[];
  /** Document that loses when something is there already. */
  readonly source: ResourceKey;
}

/** Whose virtual hosts, and where. */
export interface HostsPlace {
  readonly facts: DomainFacts;
  /** 0 is a forward proxy, where the port is part of the authority (RD-6). */
  readonly listenerPort: number;
  /** Whether the port of an authority is not looked at. */
  readonly ignoresPort: boolean;
}

/**
 * One virtual host per host and service, sorted by name. What was there first keeps its domains (RD-8); a virtual host that is
 * left without any is dropped.
 */
export function buildVirtualHosts(
  groups: readonly HostGroup[],
  place: HostsPlace,
  memory: StageMemory,
): Noted<readonly VirtualHostIr[]> {
  const { listenerPort } = place;
  const issues: Issue[] = [];
  const built: VirtualHostIr[] = [];
  const taken = { names: new Set<string>(), domains: new Set<string>(), services: serviceHosts(groups) };
  for (const group of groups) {
    for (const { host, offered } of offers(group, place, memory)) {
      const name = hostAndPort(host, group.port);
      const isShort = (domain: string): boolean => listenerPort === 0 && group.port !== 80 && !domain.includes(':');
      const meant = offered.domains.filter((domain) => !isShort(domain));
      const domains = taken.names.has(name) ? [] : takeDomains({ ...offered, domains: meant }, taken);
      if (domains.length < meant.length) issues.push(duplicate(group.source, name));
      taken.names.add(name);
      if (domains.length === 0) continue;
      // All that was offered is one object for many views already; of what is left of it the text says what it is.
      const isAll = domains.length === offered.domains.length;
      const slot = isAll ? `virtual host ${name}` : `virtual host ${name} ${domains.join(' ')}`;
      const inputs = isAll ? [group.routes, offered] : [group.routes];
      built.push(
        memory.combined(slot, inputs, () => {
          return { name, domains, routes: group.routes, requiresTls: false, countsAttempts: true };
        }),
      );
    }
  }
  return { value: built.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)), issues };
}

interface Offer {
  readonly host: HostName;
  readonly offered: ServiceDomains;
}

function offers(
  group: HostGroup,
  { facts, listenerPort, ignoresPort }: HostsPlace,
  memory: StageMemory,
): readonly Offer[] {
  const port = listenerPort === 0 ? group.port : undefined;
  const hostPort = ignoresPort ? undefined : port; // a name with a port that is not looked at is never met
  return [
    ...group.hosts.map((host) => ({
      host,
      offered: { domains: withPort(host, hostPort), shortened: new Set<string>() },
    })),
    ...group.services.map(({ service, aliases }) => ({
      host: service.hostname,
      offered: memory.combined(`domains ${port ?? ''}`, [service, aliases, facts], () =>
        serviceDomains({ service, aliases }, facts, port),
      ),
    })),
  ];
}

interface Taken {
  readonly names: ReadonlySet<string>;
  readonly domains: Set<string>;
  readonly services: ReadonlySet<string>;
}

/** The offered domains that are still free, which are taken then; a short form never takes the name of a real service (RD-9). */
function takeDomains({ domains, shortened }: ServiceDomains, taken: Taken): readonly string[] {
  return domains.filter((domain) => {
    const key = domain.toLowerCase();
    if (taken.domains.has(key) || (shortened.has(domain) && taken.services.has(domain))) return false;
    taken.domains.add(key);
    return true;
  });
}

function serviceHosts(groups: readonly HostGroup[]): ReadonlySet<string> {
  return new Set(
    groups.flatMap(({ port, services }) =>
      services.flatMap(({ service }) => [service.hostname, hostAndPort(service.hostname, port)]),
    ),
  );
}

function duplicate(resource: ResourceKey, name: string): Issue {
  return {
    severity: 'warning',
    code: 'DUPLICATE_DOMAIN',
    resource,
    path: '',
    subject: name,
    message: `some names of ${name} lead to what was there first; give each host to one document only`,
  };
}
