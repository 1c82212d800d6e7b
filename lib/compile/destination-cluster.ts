import type { HostName } from '../base/host-name.ts';
import { outboundCluster } from '../ir/cluster-name.ts';
import type { Destination } from '../model/http-rule.ts';
import type { RouteAttachment, RoutedService } from './route-attachment.ts';

/** Where a destination is named, as far as its cluster depends on it. */
interface DestinationPlace extends Pick<RouteAttachment, 'listenerPort' | 'infersPorts'> {
  readonly services: ReadonlyMap<HostName, Pick<RoutedService, 'service'>>;
}

/** RT-21: a destination that nobody knows still has a name; what is sent there is then answered with 503, or closed. */
export function clusterOf(
  { host, subset, port }: Destination,
  { services, listenerPort, infersPorts }: DestinationPlace,
): string {
  if (host === '') return 'UnknownService';
  const service = services.get(host)?.service;
  const [onlyPort, ...others] = infersPorts ? (service?.ports ?? []) : [];
  const inferred = onlyPort !== undefined && others.length === 0 ? onlyPort.number : listenerPort;
  return outboundCluster(port === 0 ? inferred : port, subset, service?.hostname ?? host); // SR-19: an alias has no cluster
}
