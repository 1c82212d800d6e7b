import { outboundCluster } from '../ir/cluster-name.ts';
import type { Service } from '../model/service.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';
import { endpointTls } from './resolve-policy.ts';

/** The clusters of a service to which TLS is spoken that is not the mesh's. */
export function originatingClusters({ ports, hostname }: Service, policy: TrafficPolicy): readonly string[] {
  return ports.flatMap((port) =>
    [undefined, ...policy.subsets].flatMap((subset) => {
      const tls = endpointTls(policy, { subset, port: port.number });
      const isOther = tls?.mode === 'simple' || tls?.mode === 'mutual';
      return isOther ? [outboundCluster(port.number, subset?.name ?? '', hostname)] : [];
    }),
  );
}
