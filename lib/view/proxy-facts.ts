import type { DurationMs } from '../base/brand.ts';
import type { Labels } from '../base/labels.ts';
import type { Locality } from '../base/locality.ts';
import type { WrittenConnectionSettings } from '../model/connection-settings.ts';
import type { RouterTopology } from '../model/mesh-settings.ts';

export type ProxyType = 'sidecar' | 'router' | 'waypoint';
export type Interception = 'none' | 'redirect' | 'tproxy';
/** Which Envoy the proxy is (PROF-1): stock, or Istio's build with its extra filters. */
export type Profile = 'envoy' | 'istio-proxy';

/** What a node told us about itself that may matter. Read from a poll, a bootstrap request, or a case file. */
export interface ProxyFacts {
  /** The whole node id, as the proxy sends it. */
  readonly id: string;
  readonly type: ProxyType;
  readonly namespace: string;
  /** Namespace whose services its own instances can serve (metadata NAMESPACE, SE-15); nearly always `namespace` itself. */
  readonly workloadNamespace: string;
  /** Its addresses in order, at least one. */
  readonly ips: readonly string[];
  readonly labels: Labels;
  readonly serviceAccount: string;
  readonly locality: Locality;
  readonly network: string;
  readonly clusterId: string;
  /** Name of its mesh, for statistics and spans (metadata MESH_ID); may be empty. */
  readonly meshId: string;
  /** Suffix that makes short host names full on this proxy's machine: `<namespace>.svc.<domain>` by default (PX-3). */
  readonly dnsDomain: string;
  readonly interception: Interception;
  readonly profile: Profile;
  /** Where an agent keeps the certificate of the workload and the mesh's roots (metadata IDENTITY_DIR, an absolute path); empty for nowhere. */
  readonly identityDirectory: string;
  /** Node metadata ISTIO_VERSION; empty means "newest" (PX-7). */
  readonly istioVersion: string;
  /** Port of a forward-proxy listener that this proxy asks for (metadata HTTP_PROXY_PORT); `undefined` leaves it to the mesh. */
  readonly httpProxyPort: number | undefined;
  /** Whether its clients may speak HTTP/1.0 (metadata HTTP10). */
  readonly acceptsHttp10: boolean;
  /** True when the proxy may not bind ports below 1,024. */
  readonly isUnprivileged: boolean;
  /** Ports that the proxy's own machine uses (LS-6), sorted: no listener on the wildcard address may take them. */
  readonly reservedPorts: readonly number[];
  /** How long a connection may be idle where no traffic policy says it (metadata IDLE_TIMEOUT); `undefined` leaves it to Envoy. */
  readonly idleTimeout: DurationMs | undefined;
  /** Whether its worker threads share connections evenly (metadata INBOUND_ and OUTBOUND_LISTENER_EXACT_BALANCE, LS-28). */
  readonly balancesInbound: boolean;
  readonly balancesOutbound: boolean;
  /** What it says itself of its place and its connections (metadata PROXY_CONFIG); each `undefined` leaves it to the mesh. */
  readonly topology: RouterTopology | undefined;
  readonly connections: WrittenConnectionSettings | undefined;
  /** Whether its applications find services by the addresses that were given out to them (SR-14). */
  readonly usesAllocatedAddresses: boolean;
  /** Networks whose endpoints it wants to see, sorted; empty for all (NW-1, NW-3). */
  readonly networkView: readonly string[];
  /** How often the proxy polls routes and endpoints (metadata PILOTLESS_REFRESH); goes into every nested config source. */
  readonly refresh: DurationMs;
}
