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
  /** Of the server; two for two kinds of keys. All from secrets, or all from files. */
  readonly certificates: readonly ServerCertificate[];
  /** Of clients' certificates. */
  readonly roots: ClientRoots;
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

/** A secret by the name that the proxy asks for, or files on its machine. */
export type ServerCertificate =
  | { readonly from: 'secret'; readonly name: string }
  | { readonly from: 'files'; readonly certificate: string; readonly key: string };

export type ClientRoots =
  { readonly from: 'secret'; readonly name: string } | { readonly from: 'file'; readonly path: string };

export type TlsVersion = '1.0' | '1.1' | '1.2' | '1.3';
