import type { ListenerIr } from '../ir/listener.ts';
import type { Protocol } from '../model/protocol.ts';

/** Connections to one port, or, with port 0, to every port that no service of the proxy has. */
export interface InboundPort {
  readonly port: number;
  readonly protocol: Protocol;
  readonly cluster: string;
  readonly chainNames: { readonly http: string; readonly tcp: string };
  readonly httpStatPrefix: string;
  readonly tcpStatPrefix: string;
  /** Of the service port, for the virtual host and for traces. */
  readonly servicePort: number;
  readonly hostname: string;
  /** API path of the Sidecar that names it; empty for none. */
  readonly source: string;
  /** Where the proxy opens it; `undefined` where connections are redirected. */
  readonly openedAt: ListenerIr['addresses'] | undefined;
}
