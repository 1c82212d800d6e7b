import type { CertificateIr, RootsIr } from './tls-material.ts';

/** What a proxy shows to, and asks of, those to whom it connects with TLS. */
export interface UpstreamTlsIr {
  /** Asked for in the handshake; empty leaves it to the HTTP options of the cluster, or asks for none. */
  readonly serverName: string;
  /** `undefined` shows none. */
  readonly certificate: CertificateIr | undefined;
  /** `undefined` believes every server. */
  readonly servers: ServerCheckIr | undefined;
  /** Offered application protocols, in order of preference. */
  readonly applicationProtocols: readonly string[];
  /** Offered for versions before 1.3, and for key exchange; empty leaves it to Envoy. */
  readonly cipherSuites: readonly string[];
  readonly curves: readonly string[];
}

export interface ServerCheckIr {
  readonly roots: RootsIr;
  /** Of which the certificate must carry one; empty for any. */
  readonly names: readonly string[];
  /** File with the certificates that were revoked; empty for none. */
  readonly revocationList: string;
}

/** How the bytes of a connection travel. */
export interface UpstreamTransportIr {
  /** `by-endpoint` encrypts to those endpoints that say they can (`acceptsMeshTls`), and to no other. */
  readonly encryption:
    | { readonly type: 'none' }
    | { readonly type: 'always'; readonly tls: UpstreamTlsIr }
    | { readonly type: 'by-endpoint'; readonly tls: UpstreamTlsIr };
  /** Version in which the client's address is told first; `undefined` for not at all. */
  readonly proxyProtocol: 'v1' | 'v2' | undefined;
}

export const PLAIN_TRANSPORT: UpstreamTransportIr = { encryption: { type: 'none' }, proxyProtocol: undefined };
