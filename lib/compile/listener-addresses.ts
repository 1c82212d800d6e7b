import { ipAddressKey } from '../base/ip-address.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { ListenerFacts } from './listener-view.ts';

type Addresses = ListenerIr['addresses'];

const WILDCARDS: Readonly<Record<ListenerFacts['ipFamily'], Addresses>> = {
  v4: ['0.0.0.0'],
  v6: ['::'],
  dual: ['0.0.0.0', '::'],
};
const LOOPBACKS: Readonly<Record<ListenerFacts['ipFamily'], Addresses>> = {
  v4: ['127.0.0.1'],
  v6: ['::1'],
  dual: ['127.0.0.1', '::1'],
};

/** LS-4, GW-34: every address of the proxy's families; never its own addresses, so that equal proxies share a view (VIEW-5). */
export const wildcardAddresses = ({ ipFamily }: ListenerFacts): Addresses => WILDCARDS[ipFamily];

/**
 * The same for listeners that open a socket there. Istio's own proxies open only the first family's, because Istio leaves
 * dual stack off unless told otherwise; a stock Envoy opens both, so that redirected IPv6 connections find it.
 */
export function boundWildcards(facts: ListenerFacts): Addresses {
  const [first, ...others] = WILDCARDS[facts.ipFamily];
  return facts.profile === 'istio-proxy' ? [first] : [first, ...others];
}

export const loopbackAddresses = ({ ipFamily }: ListenerFacts): Addresses => LOOPBACKS[ipFamily];

/** The first port that needs no privilege to bind. */
export const FIRST_FREE_PORT = 1024;

/** LS-5 */
export const listenerName = (address: string, port: number): string => `${address}_${port}`;

/**
 * The same listeners without those further addresses that another one has: Envoy refuses two listeners of one address and
 * port. Main addresses are distinct already.
 */
export function withDistinctSockets(listeners: readonly ListenerIr[]): readonly ListenerIr[] {
  const keyOf = (address: string, port: number): string => `${ipAddressKey(address)} ${port}`;
  const taken = new Set(listeners.map(({ addresses, port }) => keyOf(addresses[0], port)));
  return listeners.map((listener) => {
    const [main, ...others] = listener.addresses;
    const free = others.filter((address) => !taken.has(keyOf(address, listener.port)));
    free.forEach((address) => taken.add(keyOf(address, listener.port)));
    return { ...listener, addresses: [main, ...free] };
  });
}
