import type { HostName } from '../../base/host-name.ts';
import type { IsGranted } from './reference-grants.ts';
import type { RouteParent } from './route-parent.ts';

/** What routes ask of everything else that is there. */
export interface RouteLookup {
  /** Suffix of the names of services: `name.namespace.svc.<domainSuffix>`. */
  readonly domainSuffix: string;
  /** The listeners of a Gateway or ListenerSet; none where there is no such object or it is another controller's. */
  listeners(kind: 'Gateway' | 'ListenerSet', namespace: string, name: string): readonly RouteParent[];
  /** Whether there is a service of this host in this namespace. */
  hasService(namespace: string, host: HostName): boolean;
  /** Whether there is a service of this host that this namespace may see. */
  hasHost(host: HostName, viewer: string): boolean;
  /** The hosts of a ServiceEntry. */
  serviceEntryHosts(namespace: string, name: string): readonly HostName[] | undefined;
  readonly isGranted: IsGranted;
}
