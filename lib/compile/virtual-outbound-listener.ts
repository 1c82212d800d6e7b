import { BLACK_HOLE_CLUSTER } from '../ir/cluster-name.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { ListenerView } from './listener-view.ts';
import { ANY_CONNECTION, PLAIN_CHAIN, tcpTo } from './filter-chains.ts';
import { boundWildcards } from './listener-addresses.ts';
import { toUnknownDestination } from './outbound-finish.ts';
import { unknownHttpChain } from './unknown-hosts.ts';

/**
 * LS-1: takes every connection that the machine's packet filter redirects and hands it to the listener of the address it
 * was meant for; keeps what is meant for no service.
 */
export function virtualOutboundListener(view: ListenerView): ListenerIr {
  const { facts, mesh } = view;
  const http = unknownHttpChain(view);
  return {
    name: 'virtualOutbound',
    addresses: boundWildcards(facts),
    port: mesh.outboundPort,
    direction: 'outbound',
    bindsPort: true,
    usesOriginalDestination: true,
    isTransparent: facts.interception === 'tproxy',
    balancesWorkers: false, // LS-28: the listener that a connection is handed to balances it
    inspectors: http === undefined ? [] : [{ type: 'http-inspector', ports: { on: 'every-port' } }],
    inspectionTimeout: undefined,
    // Istio closes what says nothing for 15 s, which servers that speak first do not survive.
    continuesUninspected: http !== undefined && facts.profile === 'envoy',
    bufferLimit: undefined,
    chains: [
      {
        // Connections made to this very port were not redirected; passed on, they would come back here for ever.
        ...PLAIN_CHAIN,
        name: 'virtualOutbound-blackhole',
        match: { ...ANY_CONNECTION, destinationPort: mesh.outboundPort },
        filters: [tcpTo(BLACK_HOLE_CLUSTER)],
      },
      ...(http === undefined ? [] : [http]),
      { ...PLAIN_CHAIN, name: 'virtualOutbound-catchall-tcp', filters: [toUnknownDestination(view)] },
    ],
    defaultChain: undefined,
  };
}
