import type { HostName } from '../base/host-name.ts';
import type { Labels } from '../base/labels.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { Service } from '../model/service.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';

/** Where a route table is used, and all that its routes can depend on there. */
export interface RouteAttachment {
  /** `mesh`, or the gateway's `namespace/name`. */
  readonly gateway: string;
  /** The port that clients meet; matches on a port compare with this one. */
  readonly listenerPort: number;
  /** Whether the listener takes TLS off before it routes. */
  readonly usesTls: boolean;
  /** The proxy's own namespace and labels: what matches on the source are compared with (RT-2). */
  readonly namespace: string;
  readonly labels: Labels;
  readonly mesh: MeshSettings;
  /** By host name: the services whose policies hold for destinations. */
  readonly services: ReadonlyMap<HostName, RoutedService>;
  /** Whether a destination without a port may take the only port of its service before the listener's (RT-21). */
  readonly infersPorts: boolean;
}

/** As much of a service as routes to it look at. */
export interface RoutedService {
  readonly service: Pick<Service, 'hostname' | 'ports'>;
  /** For consistent hashing alone (RT-30). */
  readonly policy: Pick<TrafficPolicy, 'from' | 'blocks' | 'ports' | 'subsets'> | undefined;
}
