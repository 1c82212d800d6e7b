import type { HostName } from '../base/host-name.ts';
import type { Labels } from '../base/labels.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { VisibleService } from '../view/proxy-view.ts';

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
  readonly services: ReadonlyMap<HostName, VisibleService>;
  /** Whether a destination without a port may take the only port of its service before the listener's (RT-21). */
  readonly infersPorts: boolean;
}
