import type { HostName } from '../base/host-name.ts';
import { isIpAddress } from '../base/ip-address.ts';
import type { Endpoint, Service } from '../model/service.ts';
import type { ProxyFacts } from './proxy-facts.ts';
import type { ProxyView, VisibleService } from './proxy-view.ts';

/** What a resolver beside the proxy answers for one host. */
export interface NamedHost {
  /** IP addresses, the first one preferred; never empty. */
  readonly ips: readonly string[];
  /** Of a Service: resolvers answer for `name`, `name.namespace` and `name.namespace.svc` too. */
  readonly name?: string;
  readonly namespace?: string;
}

/** By host name, sorted; a host without a usable address is not there (SE-23). */
export type NameTable = Readonly<Record<HostName, NamedHost>>;

/** SE-21, SE-22: the hosts of a view with the addresses at which this proxy meets them, for a resolver beside it. */
export function nameTable(
  { services, facts }: Pick<ProxyView, 'services' | 'facts'>,
  proxy: Pick<ProxyFacts, 'network' | 'clusterId'>,
): NameTable {
  const hosts = new Map<HostName, NamedHost>();
  for (const visible of services) {
    const { service } = visible;
    const written = service.registry === 'kubernetes' ? { name: service.name, namespace: service.namespace } : {};
    const near = service.resolution === 'headless' ? instancesNear(visible.endpoints, proxy) : [];
    const ips = service.addresses.length > 0 ? usable(service, facts.ipFamily) : [...new Set(near.map(addressOf))];
    if (ips.length > 0) hosts.set(service.hostname, { ips, ...written });
    for (const [host, instances] of namedInstances(service, near)) {
      hosts.set(host, { ips: [...new Set(instances.map(addressOf))] });
    }
  }
  return Object.fromEntries([...hosts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const addressOf = ({ address }: Endpoint): string => address;

/** A range is no address; what a document writes is as it is, while a cluster's addresses are of the proxy's families (SR-14). */
function usable({ addresses, registry }: Service, ipFamily: ProxyView['facts']['ipFamily']): readonly string[] {
  const single = addresses.filter(isIpAddress);
  if (registry === 'external' || ipFamily === 'dual') return single;
  return single.filter((address) => address.includes(':') === (ipFamily === 'v6'));
}

/** Instances that the proxy reaches itself: healthy, at an IP address, of its cluster, and of its network where both are known. */
function instancesNear(
  endpoints: VisibleService['endpoints'],
  { network, clusterId }: Pick<ProxyFacts, 'network' | 'clusterId'>,
): readonly Endpoint[] {
  return endpoints.filter(
    (endpoint) =>
      isIpAddress(endpoint.address) &&
      (endpoint.health === 'healthy' || endpoint.health === 'unchecked') &&
      (clusterId === '' || endpoint.clusterId === clusterId) &&
      (network === '' || endpoint.network === '' || endpoint.network === network),
  );
}

/** Instances that have a name within their service, as those of a stateful set, by that name. */
function namedInstances({ hostname }: Service, instances: readonly Endpoint[]): ReadonlyMap<HostName, Endpoint[]> {
  const named = instances.filter((instance) => instance.hostname !== undefined);
  return Map.groupBy(named, (instance) => `${instance.hostname ?? ''}.${hostname}`);
}
