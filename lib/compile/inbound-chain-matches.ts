import type { ChainMatchIr } from '../ir/listener.ts';
import type { MutualTlsMode } from '../model/mutual-tls.ts';
import type { Carries } from './listener-conflicts.ts';
import { PLAIN_HTTP } from './filter-chains.ts';

/** `permissive`: mutual TLS and plain text, told apart by looking; `disabled`: plain text, and TLS only as opaque bytes. */
export type InboundTlsMode = Exclude<MutualTlsMode, 'strict'>;

/** How one kind of connection to a port is recognised, and what is done with it. */
export interface InboundMatch extends Pick<ChainMatchIr, 'transport' | 'applicationProtocols'> {
  readonly carries: 'http' | 'tcp';
  /** Whether mutual TLS of the mesh ends here. */
  readonly endsTls: boolean;
}

/** Application protocols by which proxies of the mesh say that they speak mutual TLS (ITLS-1), and what is inside. */
const MESH_HTTP = ['istio-http/1.0', 'istio-http/1.1', 'istio-h2'];
const MESH_TCP = ['istio-peer-exchange', 'istio'];
const MESH_ANY = ['istio', 'istio-peer-exchange', ...MESH_HTTP];

const meshTls = (carries: 'http' | 'tcp', applicationProtocols: readonly string[]): InboundMatch => ({
  transport: 'tls',
  applicationProtocols,
  carries,
  endsTls: true,
});
const plain = (carries: 'http' | 'tcp', applicationProtocols: readonly string[] = []): InboundMatch => ({
  transport: 'raw_buffer',
  applicationProtocols,
  carries,
  endsTls: false,
});
/** TLS of the applications' own: it goes through unopened. */
const FOREIGN_TLS: InboundMatch = { transport: 'tls', applicationProtocols: [], carries: 'tcp', endsTls: false };

/** ITLS-2 to ITLS-4: the chains of a port in the order in which Istio lists them. */
export const INBOUND_MATCHES: Readonly<Record<InboundTlsMode, Readonly<Record<Carries, readonly InboundMatch[]>>>> = {
  permissive: {
    http: [meshTls('http', MESH_ANY), plain('http')],
    tcp: [meshTls('tcp', MESH_ANY), FOREIGN_TLS, plain('tcp')],
    auto: [meshTls('http', MESH_HTTP), plain('http', PLAIN_HTTP), meshTls('tcp', MESH_TCP), plain('tcp'), FOREIGN_TLS],
  },
  disabled: {
    http: [plain('http')],
    tcp: [plain('tcp')],
    auto: [plain('http', PLAIN_HTTP), plain('tcp')],
  },
};
