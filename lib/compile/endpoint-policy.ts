import type { ClientTls } from '../model/client-tls.ts';
import type { OutlierDetection, PolicyBlocks, PortPolicy, Subset, TrafficPolicy } from '../model/traffic-policy.ts';

/** As much of a traffic policy as the endpoints of its service may look at: a change of all else is none of theirs. */
export interface EndpointPolicy extends Pick<TrafficPolicy, 'from'> {
  readonly blocks: EndpointBlocks;
  readonly ports: readonly EndpointPortPolicy[];
  readonly subsets: readonly EndpointSubset[];
}

type EndpointBlocks = Pick<PolicyBlocks, 'lb' | 'outlier' | 'tls'>;

interface EndpointPortPolicy extends Pick<PortPolicy, 'port'> {
  readonly blocks: EndpointBlocks;
}

interface EndpointSubset extends Pick<Subset, 'name' | 'labels'> {
  readonly blocks: EndpointBlocks;
  readonly ports: readonly EndpointPortPolicy[];
}

export const endpointPolicy = ({ from, blocks, ports, subsets }: TrafficPolicy): EndpointPolicy => ({
  from,
  blocks: endpointBlocks(blocks),
  ports: ports.map(portPolicy),
  subsets: subsets.map((subset) => ({
    name: subset.name,
    labels: subset.labels,
    blocks: endpointBlocks(subset.blocks),
    ports: subset.ports.map(portPolicy),
  })),
});

const portPolicy = ({ port, blocks }: PortPolicy): EndpointPortPolicy => ({ port, blocks: endpointBlocks(blocks) });

/** A block that is not there stays so: where it is taken from another level, presence is what counts (DR-19 to DR-21). */
const endpointBlocks = ({ lb, outlier, tls }: PolicyBlocks): EndpointBlocks => ({
  ...(lb && { lb }),
  ...(tls && { tls: tls.mode === 'istio-mutual' ? MESH_TLS : NO_MESH_TLS }),
  ...(outlier && { outlier: ejection(outlier) }),
});

/** Endpoints are asked whether they take the mesh's TLS, and nothing else of how connections are encrypted (MTLS-9). */
const NO_MESH_TLS: ClientTls = { mode: 'off' };
const MESH_TLS: ClientTls = { mode: 'istio-mutual', serverName: '', names: undefined, isUnverified: false };

/** Whether hosts are ejected at all (LB-2), and whether unhealthy ones may be used in a panic (EP-6). */
const ejection = ({ minHealthPercent }: OutlierDetection): OutlierDetection => ({
  minHealthPercent,
  splitsLocalOrigin: false,
  httpErrorCodes: [],
});
