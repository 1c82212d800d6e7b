import type { HostName } from '../base/host-name.ts';
import type { FilterChainIr } from '../ir/listener.ts';
import type { Protocol } from '../model/protocol.ts';
import type { ServicePort } from '../model/service.ts';
import type { ListenedService } from './listener-view.ts';
import type { Carries } from './listener-conflicts.ts';
import type { OutboundSocket } from './outbound-sockets.ts';

/** A listener while services are still being added to it. */
export interface OutboundEntry {
  readonly socket: OutboundSocket;
  readonly port: number;
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
  readonly port: ServicePort;
  readonly socket: OutboundSocket;
}
