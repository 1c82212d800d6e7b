import type { HostName } from '../base/host-name.ts';
import type { FilterChainIr } from '../ir/listener.ts';
import type { Protocol } from '../model/protocol.ts';
import type { ServicePort } from '../model/service.ts';
import type { ListenedEgress, ListenedService } from './listener-view.ts';
import type { Carries } from './listener-conflicts.ts';
import type { OutboundSocket } from './outbound-sockets.ts';

/** A listener while services are still being added to it. */
export interface OutboundEntry {
  readonly socket: OutboundSocket;
  readonly port: number;
  /** Which egress listener opened it: what others would add is left out, where one is for a port of its own (LS-7). */
  readonly openedBy: ListenedEgress;
  carries: Carries;
  /** What the first service speaks, until something else came to it. */
  speaks: Protocol | 'mixed';
  /** In the order in which they came. */
  readonly chains: OwnedChain[];
  /** Which connections have a chain already, and to which host it leads. */
  readonly taken: Map<string, HostName>;
}

export interface OwnedChain {
  readonly carries: 'http' | 'tcp';
  readonly chain: FilterChainIr;
  readonly hostname: string;
}

/** One service port that asks for one socket. */
export interface Claim {
  readonly visible: ListenedService;
  /** The port that clients meet, with the protocol that they speak there. */
  readonly port: ServicePort;
  /** The port of the service, which is another one where a unix socket leads to it. */
  readonly servicePort: number;
  readonly socket: OutboundSocket;
}
