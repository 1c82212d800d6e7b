import type { HostName } from '../../base/host-name.ts';
import type { Service } from '../../model/service.ts';
import { isVisibleTo } from '../../model/visibility.ts';
import type { Resource } from '../../resources/resource.ts';
import type { RouteLookup } from './route-facts.ts';

/** What routes are answered from. */
export interface RouteLookupSources extends Pick<RouteLookup, 'domainSuffix' | 'listeners' | 'isGranted'> {
  /** The services of a host by namespace. */
  readonly byHost: (host: HostName) => ReadonlyMap<string, Service>;
  readonly serviceEntries: readonly Resource<'ServiceEntry'>[];
}

export function routeLookup({ byHost, serviceEntries, ...answers }: RouteLookupSources): RouteLookup {
  const entries = new Map(serviceEntries.map((entry) => [`${entry.metadata.namespace}/${entry.metadata.name}`, entry]));
  return {
    ...answers,
    hasService: (namespace, host) => byHost(host.toLowerCase()).has(namespace),
    hasHost: (host, viewer) => [...byHost(host).values()].some(({ visibility }) => isVisibleTo(visibility, viewer)),
    serviceEntryHosts: (namespace, name) => {
      const entry = entries.get(`${namespace}/${name}`);
      return entry && (entry.spec.hosts ?? NO_HOSTS);
    },
  };
}

/** One object, so that answers are seen to be the same. */
const NO_HOSTS: readonly HostName[] = Object.freeze([]);
