import type { DnsCacheIr, DnsFamily } from '../ir/dns-cache.ts';
import type { HostName } from '../base/host-name.ts';
import { isHttp2, isTls, type Protocol } from '../model/protocol.ts';
import type { SidecarScope } from '../view/sidecar-scope.ts';
import type { ListenedService, ListenerFacts, ListenerView } from './listener-view.ts';

type FamilyFacts = Pick<ListenerFacts, 'ipFamily' | 'profile'>;

/** What looking up unknown hosts depends on. */
export interface LookupSetting {
  readonly scope: Pick<SidecarScope, 'outboundPolicy'>;
  readonly facts: FamilyFacts;
}

/** CL-4: Istio leaves dual stack off unless told otherwise, so its own proxies ask for IPv4. */
export function lookupFamily({ ipFamily, profile }: FamilyFacts): DnsFamily {
  if (ipFamily !== 'dual') return ipFamily;
  return profile === 'istio-proxy' ? 'v4' : 'both';
}

/** The cache of a service whose hosts are known only from what is asked of them. */
export const dnsCacheOf = (hostname: HostName, facts: FamilyFacts): DnsCacheIr => ({
  name: `${hostname}_dfp_dns_cache`,
  family: lookupFamily(facts),
  maxHosts: undefined,
});

/** Names that clients make up must not fill a proxy's memory; Istio writes Envoy's own limit out. */
const MOST_UNKNOWN_HOSTS = 1024;

/** RD-14: the cache of hosts that nobody described, where they are looked up at all. */
export function unknownHostsCache({ scope, facts }: LookupSetting): DnsCacheIr | undefined {
  if (scope.outboundPolicy.mode !== 'look-up') return undefined;
  return { name: 'allow_any_dfp_dns_cache', family: lookupFamily(facts), maxHosts: MOST_UNKNOWN_HOSTS };
}

/** SE-30: where the name that is asked for can be read: in a request of HTTP, or in the greeting of TLS. */
export const saysName = (protocol: Protocol): boolean =>
  protocol === 'http' || protocol === 'http2' || protocol === 'grpc' || protocol === 'tls';

/** The caches that HTTP requests on a port may need; port 0 is where the requests' own port counts. */
export function httpDnsCaches({ services, facts }: ListenerView, port: number): readonly DnsCacheIr[] {
  return services
    .filter((visible) => isFoundByRequest(visible, port))
    .map(({ service }) => dnsCacheOf(service.hostname, facts));
}

function isFoundByRequest({ service }: ListenedService, number: number): boolean {
  if (service.resolution !== 'dynamic-dns') return false;
  return service.ports.some(
    ({ number: own, protocol }) =>
      (number === 0 || own === number) && !isTls(protocol) && (saysName(protocol) || isHttp2(protocol)),
  );
}
