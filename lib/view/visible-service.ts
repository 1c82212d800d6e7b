import type { HostName } from '../base/host-name.ts';
import type { MutualTlsMode } from '../model/mutual-tls.ts';
import type { Endpoint, Service } from '../model/service.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';

/** A service that this proxy may reach, with all that was decided elsewhere about it. */
export interface VisibleService {
  readonly service: Service;
  readonly endpoints: readonly Endpoint[];
  /** Other names of the service that the proxy may use, sorted (SR-19). */
  readonly aliases: readonly HostName[];
  /** The one traffic policy that applies to this client and this service (DR-13 to DR-17). */
  readonly policy: TrafficPolicy | undefined;
  /** What servers in its namespace take where nothing is said of the one that is met (MTLS-3). */
  readonly mutualTls: MutualTlsMode;
}
