import type { HostName } from '../base/host-name.ts';
import { passedOnCluster } from '../ir/cluster-name.ts';
import type { FilterChainIr } from '../ir/listener.ts';
import type { ServicePort } from '../model/service.ts';
import { clusterFilters, type ConnectionPlace } from './connection-filters.ts';
import { ANY_CONNECTION, TIMED_CHAIN } from './filter-chains.ts';
import type { ConnectionPolicy, ListenedService } from './listener-view.ts';
import { canBePassedOn, isServedAt, MESH_TLS_PROTOCOLS } from './passed-on.ts';
import { statPrefix } from './stat-name.ts';

type Place = Pick<ConnectionPlace, 'mesh' | 'idleTimeout'>;

/**
 * GW-30: a chain for each port of each service of the mesh that the hosts cover, and for each of its subsets. A connection is
 * handed on as it comes, by the name that it asks for, if it looks like the mesh's TLS: who answers at the other end checks it.
 */
export function autoPassthroughChains(
  hosts: readonly HostName[],
  services: readonly ListenedService[],
  place: Place,
): readonly FilterChainIr[] {
  return services
    .filter(({ service }) => canBePassedOn(service) && isServedAt(hosts, service))
    .flatMap((visible) =>
      visible.service.ports
        .filter(({ protocol }) => protocol !== 'udp')
        .flatMap((port) => ['', ...subsetsOf(visible.policy)].map((subset) => chain({ visible, port, subset }, place))),
    );
}

const subsetsOf = (policy: ConnectionPolicy | undefined): readonly string[] =>
  (policy?.subsets ?? []).map(({ name }) => name);

interface End {
  readonly visible: ListenedService;
  readonly port: ServicePort;
  readonly subset: string;
}

function chain({ visible: { service, policy }, port, subset }: End, { mesh, idleTimeout }: Place): FilterChainIr {
  const name = passedOnCluster(port.number, subset, service.hostname);
  const prefix = statPrefix(name, mesh.outboundStatName, { service, port, subset, targetPort: 0 });
  const how = { prefix, visible: undefined, policy: policy && withoutTunnels(policy), subset };
  return {
    ...TIMED_CHAIN,
    match: { ...ANY_CONNECTION, serverNames: [name], applicationProtocols: MESH_TLS_PROTOCOLS },
    filters: clusterFilters(name, how, { port, services: new Map(), mesh, idleTimeout, offersHttp: false }),
  };
}

/** A tunnel starts where a connection does, which is not here. */
const withoutTunnels = ({ blocks: { tunnel: _tunnel, ...blocks }, subsets }: ConnectionPolicy): ConnectionPolicy => ({
  blocks,
  subsets: subsets.map(({ name, blocks: { tunnel: _ofSubset, ...rest } }) => ({ name, blocks: rest })),
});
