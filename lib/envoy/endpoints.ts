import type { EndpointAddress, EndpointGroup, EndpointsIr, LbEndpoint } from '../ir/endpoints.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeLocality } from './locality.ts';
import { withoutAbsent, withoutDefaults } from './without-defaults.ts';

/** A ClusterLoadAssignment of its own, by EDS. */
export function encodeEndpoints({ name, groups }: EndpointsIr): ProtoJson {
  return encodeLoadAssignment(name, groups);
}

/** A ClusterLoadAssignment, by EDS or inside its cluster. */
export function encodeLoadAssignment(clusterName: string, groups: readonly EndpointGroup[]): ProtoJson {
  return withoutDefaults({ clusterName, endpoints: groups.map(encodeGroup) });
}

function encodeGroup({ locality, priority, weight, endpoints }: EndpointGroup): ProtoJson {
  return {
    locality: encodeLocality(locality),
    ...withoutDefaults({ priority, lbEndpoints: endpoints.map(encodeLbEndpoint) }),
    ...withoutAbsent({ loadBalancingWeight: weight }),
  };
}

const HEALTH = { unchecked: undefined, healthy: 'HEALTHY', unhealthy: 'UNHEALTHY', draining: 'DRAINING' } as const;

function encodeLbEndpoint({ address, health, weight, workload, acceptsMeshTls }: LbEndpoint): ProtoJson {
  return withoutAbsent({
    endpoint: { address: encodeAddress(address) },
    healthStatus: HEALTH[health],
    metadata: workload === '' && !acceptsMeshTls ? undefined : encodeMetadata(workload, acceptsMeshTls),
    loadBalancingWeight: weight,
  });
}

/** EP-11 */
const encodeMetadata = (workload: string, acceptsMeshTls: boolean): ProtoJson => ({
  filterMetadata: withoutAbsent({
    istio: workload === '' ? undefined : { workload },
    'envoy.transport_socket_match': acceptsMeshTls ? { tlsMode: 'istio' } : undefined,
  }),
});

function encodeAddress(address: EndpointAddress): ProtoJson {
  switch (address.type) {
    case 'socket':
      return { socketAddress: { address: address.address, portValue: address.port } };
    case 'pipe':
      return { pipe: { path: address.path } };
  }
}
