import { ipAddressKey } from '../base/ip-address.ts';
import type { ListenerView } from './listener-view.ts';
import { httpProxyPort } from './http-proxy-listener.ts';
import { FIRST_FREE_PORT, loopbackAddresses } from './listener-addresses.ts';
import type { OutboundSocket } from './outbound-sockets.ts';

/** LS-6: why no outbound listener may be opened there, whatever asks for it; `undefined` where one may. */
export function refusal(view: ListenerView, port: number, socket: OutboundSocket): string | undefined {
  const { facts, mesh } = view;
  const { reach, bindsPort } = socket;
  const [address] = socket.addresses;
  if (reach === 'wildcard' && [mesh.outboundPort, mesh.inboundPort, ...facts.reservedPorts].includes(port)) {
    return `the proxy uses port ${port} itself`;
  }
  const isLoopback = ipAddressKey(address) === ipAddressKey(loopbackAddresses(facts)[0]);
  if (isLoopback && port === httpProxyPort(view)) return `port ${port} is the proxy's forward-proxy port`;
  if (bindsPort && facts.isUnprivileged && port > 0 && port < FIRST_FREE_PORT) {
    return `the proxy may not bind ports below ${FIRST_FREE_PORT}`;
  }
  return undefined;
}
