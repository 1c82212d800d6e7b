import type { DurationMs } from '../base/brand.ts';
import type { IpRange } from '../base/ip-address.ts';
import type { AccessFilterIr, AuthorizerFilterIr } from './access.ts';
import type { DnsCacheIr } from './dns-cache.ts';
import type { HttpConnectionManagerIr } from './http-connection-manager.ts';
import type { CertificateIr, RootsIr } from './tls-material.ts';

/** One address and port on which a proxy takes connections, and what it does with each of them. */
export interface ListenerIr {
  readonly name: string;
  /** IP addresses, further ones for the other family of a dual-stack proxy; or one `unix://` with the path of a socket. */
  readonly addresses: readonly [string, ...string[]];
  /** 0 for a unix socket. */
  readonly port: number;
  readonly direction: 'inbound' | 'outbound';
  /** False for a listener that is only handed connections by the one that takes all redirected connections. */
  readonly bindsPort: boolean;
  /** Hands each connection to the listener of the address that it was meant for, if there is one. */
  readonly usesOriginalDestination: boolean;
  /** Keeps the addresses of the client on the socket (TPROXY). */
  readonly isTransparent: boolean;
  /** Whether each connection goes to the worker thread that has the fewest; otherwise to the one that was first to take it. */
  readonly balancesWorkers: boolean;
  readonly inspectors: readonly ListenerFilterIr[];
  /** How long the inspectors may look before a chain is chosen: 0 for ever, `undefined` for Envoy's own 15 s. */
  readonly inspectionTimeout: DurationMs | undefined;
  /** Whether a connection goes on to a chain when its inspection ran out of time; it is closed otherwise. */
  readonly continuesUninspected: boolean;
  /** Bytes that a connection may buffer before its sender has to wait; `undefined` is Envoy's 1 MiB. */
  readonly bufferLimit: number | undefined;
  /** No two have the same match: Envoy refuses a listener with such a pair. */
  readonly chains: readonly FilterChainIr[];
  /** Takes what no chain matches; without one such connections are closed. */
  readonly defaultChain: FilterChainIr | undefined;
}

/** What looks at the first bytes or the socket options of a connection, before a chain is chosen. */
export type ListenerFilterIr =
  | { readonly type: 'original-destination' }
  | { readonly type: 'original-source' }
  | { readonly type: 'proxy-protocol' }
  | { readonly type: 'tls-inspector'; readonly ports: InspectedPorts }
  | { readonly type: 'http-inspector'; readonly ports: InspectedPorts };

/** Destination ports on which an inspector works; lists are sorted and not empty. */
export type InspectedPorts =
  | { readonly on: 'every-port' }
  | { readonly on: 'all-but'; readonly ports: readonly number[] }
  | { readonly on: 'only'; readonly ports: readonly number[] };

export interface FilterChainIr {
  /** Empty where Istio leaves the chain without a name. */
  readonly name: string;
  readonly match: ChainMatchIr;
  readonly tls: DownstreamTlsIr | undefined;
  /** How long the handshake of the transport may take; `undefined` for no limit. */
  readonly handshakeTimeout: DurationMs | undefined;
  readonly filters: readonly NetworkFilterIr[];
  /** API path of the document that it comes from; empty for none. */
  readonly source: string;
  /** Whether Envoy's own dump says so as well; Istio tells it of sidecars alone. */
  readonly tellsSource: boolean;
}

/** What a connection must be like; every empty part matches anything. Lists are sorted where order has no meaning. */
export interface ChainMatchIr {
  /** 0 for any port. */
  readonly destinationPort: number;
  readonly destinationRanges: readonly IpRange[];
  readonly serverNames: readonly string[];
  /** What the inspectors found; empty for any. */
  readonly transport: '' | 'tls' | 'raw_buffer';
  readonly applicationProtocols: readonly string[];
}

/** What a proxy asks of, and shows to, those who connect to it with TLS. */
export interface DownstreamTlsIr {
  /** The proxy's own; two for two kinds of keys. All by secret discovery, or all from files. */
  readonly certificates: readonly CertificateIr[];
  /** What a client's certificate must be like; `undefined` for anything. */
  readonly clients: ClientCheckIr | undefined;
  readonly requiresClientCertificate: boolean;
  /** Offered application protocols, in order of preference. */
  readonly applicationProtocols: readonly string[];
  /** `undefined` leaves it to Envoy. */
  readonly minimumVersion: TlsVersionIr | undefined;
  readonly maximumVersion: TlsVersionIr | undefined;
  /** In order of preference, for versions before 1.3; empty leaves it to Envoy. */
  readonly cipherSuites: readonly string[];
}

export type TlsVersionIr = '1.0' | '1.1' | '1.2' | '1.3';

export interface ClientCheckIr {
  /** Who vouches for clients; `undefined` for nobody. */
  readonly roots: RootsIr | undefined;
  /** A certificate must carry a URI that begins with one of the prefixes, or one of the names; both empty for any. */
  readonly uriPrefixes: readonly string[];
  readonly names: readonly string[];
  /** Hashes of which the key, or the certificate, must have one; empty for any. */
  readonly keyHashes: readonly string[];
  readonly certificateHashes: readonly string[];
  /** Lets clients in whose certificates nobody vouches for. */
  readonly acceptsUntrusted: boolean;
  /** File with the certificates that were revoked; empty for none. */
  readonly revocationList: string;
}

/** What happens with a connection, in order; the last one is a `tcp-proxy` or an `http-connection-manager`. */
export type NetworkFilterIr =
  | { readonly type: 'metadata-exchange' }
  | AccessFilterIr
  | AuthorizerFilterIr
  | { readonly type: 'mongo-proxy'; readonly statPrefix: string }
  /** Looks up the name that a TLS client asks for, to connect to one port of it. */
  | { readonly type: 'sni-dynamic-forward-proxy'; readonly cache: DnsCacheIr; readonly port: number }
  /** What is offered as application protocols to whoever the connection goes on to with TLS, in place of what the cluster says. */
  | { readonly type: 'offered-protocols'; readonly protocols: readonly string[] }
  | TcpProxyIr
  | HttpConnectionManagerIr;

export interface TcpProxyIr {
  readonly type: 'tcp-proxy';
  readonly statPrefix: string;
  readonly target: ConnectionTargetIr;
  readonly idleTimeout: DurationMs | undefined;
  readonly maxConnectionDuration: DurationMs | undefined;
  /** Chooses the endpoint by the client's address. */
  readonly hashesSourceIp: boolean;
  /** Sends the bytes inside a request that asks to be carried on to `target`, which is `host:port`. */
  readonly tunnel: { readonly target: string; readonly usesPost: boolean } | undefined;
}

/** One cluster, or several of which one is drawn by weight for each connection; weights are at least 1. */
export type ConnectionTargetIr =
  | { readonly type: 'cluster'; readonly cluster: string }
  | { readonly type: 'weighted'; readonly clusters: readonly { readonly cluster: string; readonly weight: number }[] };
