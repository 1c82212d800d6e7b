import type { ChainMatchIr } from '../ir/listener.ts';
import type { MutualTlsMode } from '../model/mutual-tls.ts';
import type { Profile } from '../view/proxy-facts.ts';
import type { Carries } from './listener-conflicts.ts';
import { PLAIN_HTTP } from './filter-chains.ts';
import { PEER_EXCHANGE } from './mesh-tls.ts';

/** How one kind of connection to a port is recognised, and what is done with it. */
export interface InboundMatch extends Pick<ChainMatchIr, 'transport' | 'applicationProtocols'> {
  readonly carries: 'http' | 'tcp';
  /** Whether mutual TLS of the mesh ends here. */
  readonly endsTls: boolean;
}

/** Application protocols by which proxies of the mesh say that they speak mutual TLS (ITLS-1), and what is inside. */
const MESH_HTTP = ['istio-http/1.0', 'istio-http/1.1', 'istio-h2'];
const MESH_TCP = [PEER_EXCHANGE, 'istio'];
const MESH_ANY = ['istio', PEER_EXCHANGE, ...MESH_HTTP];

const meshTls = (carries: 'http' | 'tcp', applicationProtocols: readonly string[] = []): InboundMatch => ({
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

type ByMode = Readonly<Record<MutualTlsMode, Readonly<Record<Carries, readonly InboundMatch[]>>>>;

/** ITLS-2 to ITLS-4: the chains of a port in the order in which Istio lists them. */
const INBOUND_MATCHES: ByMode = {
  strict: {
    http: [meshTls('http')],
    tcp: [meshTls('tcp')],
    auto: [meshTls('http', MESH_HTTP), meshTls('tcp')],
  },
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

/** What clients offer that are no proxies. Where all TLS is the mesh's own, what they send is read as what they say (PROF-3). */
const OFFERED_HTTP = ['h2', 'http/1.1', 'http/1.0'];

/** How the connections to a port are told apart that carries this. Of stock Envoys: docs/decisions/0022. */
export function inboundMatches(mode: MutualTlsMode, carries: Carries, profile: Profile): readonly InboundMatch[] {
  const matches = INBOUND_MATCHES[mode][carries];
  if (profile === 'istio-proxy') return matches;
  return matches.map((match) => {
    if (match.transport !== 'tls' || match.applicationProtocols.length === 0) return match;
    const further = mode === 'strict' && match.carries === 'http' ? OFFERED_HTTP : [];
    const own = match.applicationProtocols.filter((each) => each !== PEER_EXCHANGE); // PROF-2
    return { ...match, applicationProtocols: [...own, ...further] };
  });
}
