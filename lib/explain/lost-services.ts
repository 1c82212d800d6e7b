import { isSubsetOf, type HostName } from '../base/host-name.ts';
import type { Service } from '../model/service.ts';
import { isVisibleTo } from '../model/visibility.ts';
import type { Reason } from './explanation.ts';
import { exportedElsewhere } from './exported-elsewhere.ts';
import type { Sight } from './sight.ts';

/** The services that answer to a host, by their whole name or the beginning of it, and that the proxy does not reach, and why. */
export function lostServices({ world, view }: Sight, host: HostName): readonly Reason[] {
  const reached = new Map(view.services.map(({ service }) => [service.hostname, service]));
  return world.services
    .filter((service) => isMeant(service, host) && !isSame(reached.get(service.hostname), service))
    .map((service) => ({
      resource: service.source,
      reason: whyLost(service, view.facts.namespace, reached.get(service.hostname)),
    }));
}

/** A service as the world has it may have got addresses on its way into a view. */
const isSame = (seen: Service | undefined, { namespace }: Service): boolean => seen?.namespace === namespace;

const isMeant = ({ hostname }: Service, host: HostName): boolean =>
  isSubsetOf(host, hostname) || hostname.startsWith(`${host}.`);

function whyLost({ visibility, namespace }: Service, viewer: string, seen: Service | undefined): string {
  if (!isVisibleTo(visibility, viewer)) return exportedElsewhere(visibility, viewer);
  if (seen === undefined) return 'the Sidecar of this proxy does not import it';
  return seen.namespace === viewer
    ? `${seen.source} of the proxy's own namespace has the same host`
    : `${seen.source} has the same host and comes before namespace ${namespace}`;
}
