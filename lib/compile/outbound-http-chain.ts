import { isUnixSocket } from '../base/unix-socket.ts';
import type { FilterChainIr } from '../ir/listener.ts';
import type { ListenerView } from './listener-view.ts';
import { httpDnsCaches } from './dns-lookups.ts';
import { ANY_CONNECTION, httpManager, PLAIN_HTTP, TIMED_CHAIN } from './filter-chains.ts';
import { listenerName } from './listener-addresses.ts';
import type { Claim } from './outbound-entry.ts';
import { sharedRouteName, sniffedRouteName } from './route-name.ts';

/** LS-9: HTTP goes by routes that are looked up under a name. */
export function httpChain(view: ListenerView, { visible, port, socket }: Claim): FilterChainIr {
  const manager = httpManager(view, {
    listenerClass: 'sidecar-outbound',
    statPrefix: `outbound_${listenerName(socket.addresses[0], port.number)}`,
    routes: { by: 'name', name: routeName({ visible, port, socket }) },
    servesGrpcWeb: port.protocol === 'grpc-web',
    dnsCaches: httpDnsCaches(view, port.protocol === 'http-proxy' ? 0 : port.number),
  });
  return { ...TIMED_CHAIN, filters: [manager] };
}

/** RD-1: an address of its own needs no routes of other services; where it is shared, so are the routes. */
function routeName({ visible, port, socket }: Pick<Claim, 'visible' | 'port' | 'socket'>): string {
  const [address] = socket.addresses;
  if (isUnixSocket(address)) return address;
  return socket.reach === 'own'
    ? sniffedRouteName(visible.service.hostname, port.number)
    : sharedRouteName(port.number);
}

/** LS-8: the chain takes only what the HTTP inspector found to be HTTP in plain text. */
export const onlyPlainHttp = (chain: FilterChainIr): FilterChainIr => ({
  ...chain,
  match: { ...ANY_CONNECTION, transport: 'raw_buffer', applicationProtocols: PLAIN_HTTP },
});
