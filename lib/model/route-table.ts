import type { HostName } from '../base/host-name.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { ConnectionRule } from './connection-rule.ts';
import type { HttpRule } from './http-rule.ts';
import type { Visibility } from './visibility.ts';

/** Name that route tables use for "every sidecar" among their gateways. */
export const MESH_GATEWAY = 'mesh';

/**
 * Routing rules for some hosts, whichever front end they were written in (VirtualService, later HTTPRoute). Names are
 * already full (VS-1): hosts, destinations and gateways need no owner's namespace to be understood.
 */
export interface RouteTable {
  readonly source: ResourceKey;
  readonly name: string;
  readonly namespace: string;
  /** RFC 3339, empty when the document carries none; sorts first then (G-2). */
  readonly createdAt: string;
  readonly hosts: readonly HostName[];
  /** `mesh` or `namespace/name`, never empty. */
  readonly gateways: readonly string[];
  readonly visibility: Visibility;
  /**
   * Whether its rules mean what the Gateway API says: prefixes of paths end at a slash (RT-6), a prefix may be taken away (RT-17),
   * and what leads nowhere is answered with 500 (RT-22).
   */
  readonly isOfGatewayApi: boolean;
  /** In the order written: the first rule that matches wins. */
  readonly http: readonly HttpRule[];
  /** For ports that carry neither HTTP nor TLS (TR-1). */
  readonly tcp: readonly ConnectionRule[];
  /** For ports whose TLS goes on to the destination (TR-1). */
  readonly tls: readonly ConnectionRule[];
}
