/** What becomes of TLS at one server of a router: said nothing about, handed on as it is, or ended there. */
export type ServerTls =
  | { readonly type: 'undeclared' | 'passthrough' }
  /** Handed on to whatever service of the mesh its name encodes, for proxies of other networks. */
  | { readonly type: 'auto-passthrough' }
  | ({ readonly type: 'terminated' } & TerminatedTls);

/** How TLS ends at a server (GW-27, GW-28). */
export interface TerminatedTls {
  /** What clients must show: nothing, a certificate if they have one, a certificate, or one of the mesh's own. */
  readonly mode: 'simple' | 'optional-mutual' | 'mutual' | 'istio-mutual';
  /** Names of the secrets that hold the server's certificates; two for two kinds of keys. */
  readonly certificateSecrets: readonly string[];
  /** Name of the secret that holds the roots of clients' certificates. */
  readonly trustSecret: string;
  /** Names of which a client's certificate must carry one; empty for any trusted client. */
  readonly clientNames: readonly string[];
  /** Hashes of which a client's key, or certificate, must have one; empty for any. */
  readonly keyHashes: readonly string[];
  readonly certificateHashes: readonly string[];
  /** Lets clients in whose certificates nobody vouches for. */
  readonly acceptsUntrusted: boolean;
  /** File with the certificates that were revoked; empty for none. */
  readonly revocationList: string;
  /** `undefined` leaves it to Envoy. */
  readonly minimumVersion: TlsVersion | undefined;
  readonly maximumVersion: TlsVersion | undefined;
  /** In order of preference; empty leaves it to Envoy. */
  readonly cipherSuites: readonly string[];
}

export type TlsVersion = '1.0' | '1.1' | '1.2' | '1.3';
