/** How connections to a service are encrypted, as a policy says it (DR-30 to DR-34). */
export type ClientTls = { readonly mode: 'off' } | MeshTls | OriginatedTls;

/** The mesh's own mutual TLS, asked for whether or not the service can. */
export interface MeshTls {
  readonly mode: 'istio-mutual';
  /** Asked for in the handshake; empty for the one that names the cluster. */
  readonly serverName: string;
  /** Of which the service's certificate must carry one; `undefined` for those of its accounts. */
  readonly names: readonly string[] | undefined;
  readonly isUnverified: boolean;
}

/** TLS to a server that need not belong to the mesh. */
export interface OriginatedTls {
  /** Whether the proxy shows a certificate too. */
  readonly mode: 'simple' | 'mutual';
  /** Asked for in the handshake; empty for the host of each request. */
  readonly serverName: string;
  /** Of which the server's certificate must carry one; empty for any, or for the host of each request. */
  readonly names: readonly string[];
  readonly material: TlsMaterial;
  /** Believes whatever certificate the server shows. */
  readonly isUnverified: boolean;
}

/** Where certificates come from: a secret (and one of its name with an ending), or files on the proxy's machine, each empty for none. */
export type TlsMaterial =
  | { readonly from: 'credential'; readonly name: string }
  | {
      readonly from: 'files';
      readonly certificate: string;
      readonly key: string;
      readonly roots: string;
      readonly revocationList: string;
    };
