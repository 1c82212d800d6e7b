import { ipAddressKey, isIpAddress, parseIpAddress, type IpRange } from '../base/ip-address.ts';
import { isUnixSocket } from '../base/unix-socket.ts';
import type { ListenerIr } from '../ir/listener.ts';
import { isHttp } from '../model/protocol.ts';
import type { Service, ServicePort } from '../model/service.ts';
import type { EgressPlace } from '../model/sidecar.ts';
import type { ListenedService, ListenerFacts } from './listener-view.ts';
import { loopbackAddresses, wildcardAddresses } from './listener-addresses.ts';

/** Where connections to a service port are met: an address to listen on, and the destinations meant if several share it. */
export interface OutboundSocket {
  readonly addresses: ListenerIr['addresses'];
  /**
   * `wildcard`: whatever address the connection was meant for; `shared`: the application connects to the proxy itself, on
   * loopback or where its Sidecar says; `own`: an address that belongs to this service alone. The first two are shared by all
   * services of a port.
   */
  readonly reach: 'wildcard' | 'shared' | 'own';
  readonly ranges: readonly IpRange[];
  /** Whether the proxy opens it, or is only handed redirected connections. */
  readonly bindsPort: boolean;
}

/** LS-2 to LS-4, LS-16, LS-17: the sockets of one service port; none where it cannot be reached at all. */
export function outboundSockets(
  place: EgressPlace,
  facts: ListenerFacts,
  { visible: { service, endpoints }, port }: { readonly visible: ListenedService; readonly port: ServicePort },
): readonly OutboundSocket[] {
  const bindsPort = facts.interception === 'none' || place.capture === 'none' || isUnixSocket(place.bind);
  const wildcard: OutboundSocket = { addresses: wildcardAddresses(facts), reach: 'wildcard', ranges: [], bindsPort };
  if (place.bind !== '') return [namedSocket(place.bind, wildcard)];
  if (bindsPort) return [{ ...wildcard, addresses: loopbackAddresses(facts), reach: 'shared' }];
  if (isHttp(port.protocol)) return [wildcard];
  const virtual = virtualAddresses(service, facts);
  if (virtual.length > 0) return virtual.map((addresses) => socketOf(addresses, wildcard));
  const isMetAtEndpoints = service.resolution === 'headless' || service.resolution === 'passthrough';
  if (!isMetAtEndpoints || place.port !== undefined) return [wildcard];
  const served = endpoints.filter(({ portName, address }) => portName === port.name && isIpAddress(address));
  if (served.length === 0) return service.registry === 'kubernetes' ? [] : [wildcard];
  return [...new Set(served.map(({ address }) => address))].map((address) => socketOf([address], wildcard));
}

/** An address that a Sidecar names; the wildcard one is what it is where nobody names it. */
function namedSocket(bind: string, wildcard: OutboundSocket): OutboundSocket {
  const isWildcard = ipAddressKey(bind) === ipAddressKey(wildcard.addresses[0]);
  return { ...wildcard, addresses: [bind], reach: isWildcard ? 'wildcard' : 'shared' };
}

/**
 * One entry per listener. All addresses of a Service lead to the same place and share one, as far as the proxy has their
 * family (SR-14, SR-15); each address of a ServiceEntry has its own (SE-1).
 */
function virtualAddresses({ addresses, registry }: Service, facts: ListenerFacts): readonly ListenerIr['addresses'][] {
  const [first, ...others] = addresses.filter(isSpecified);
  if (first === undefined) return [];
  if (registry === 'external') return [first, ...others].map((address) => [address]);
  const [reachable = first, ...further] = [first, ...others].filter((address) => hasFamily(address, facts));
  return [[reachable, ...further]];
}

/** LS-4: a range cannot be listened on; the wildcard address takes its connections and the chain tells them apart. */
function socketOf(addresses: ListenerIr['addresses'], wildcard: OutboundSocket): OutboundSocket {
  const [address = '', bits] = addresses[0].split('/');
  if (bits === undefined) return { ...wildcard, addresses, reach: 'own' };
  return { ...wildcard, ranges: [{ address, bits: Number(bits) }] };
}

/** SR-16: the unspecified address, or a range of all addresses, says that there is none. */
function isSpecified(address: string): boolean {
  const [ip = '', bits] = address.split('/');
  return bits !== '0' && parseIpAddress(ip)?.some((byte) => byte !== 0) === true;
}

function hasFamily(address: string, { ipFamily }: ListenerFacts): boolean {
  return ipFamily === 'dual' || address.includes(':') === (ipFamily === 'v6');
}
