import { NOWHERE } from '../base/locality.ts';
import type { Recall } from '../base/recall.ts';
import { withPlace } from '../base/topology-labels.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { Endpoint, EndpointHealth } from '../model/service.ts';
import type { SliceEndpoint } from '../resources/endpoint-slice.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import { serviceNameLabel } from '../resources/well-known-names.ts';

/** The endpoints of a namespace by the name of the Service that their slice names; slices in the order of their names. */
export function readEndpointSlices(
  resources: readonly Resource[],
  mesh: MeshSettings,
  recall: Recall,
): ReadonlyMap<string, readonly Endpoint[]> {
  const byService = new Map<string, (readonly Endpoint[])[]>();
  const slices = resources
    .filter((resource) => resource.kind === 'EndpointSlice')
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const slice of slices) {
    const owner = slice.metadata.labels?.[serviceNameLabel];
    if (owner === undefined || slice.spec.addressType === 'FQDN') continue;
    const read = recall.value(`slice ${keyOf(slice)}`, [slice, mesh], () => endpointsOf(slice, mesh));
    const parts = byService.get(owner);
    if (parts === undefined) byService.set(owner, [read]);
    else parts.push(read);
  }
  return new Map(
    [...byService].map(([service, parts]) => [
      service,
      recall.value(`slices of ${service}`, parts, () => withoutRepeats(parts.flat())),
    ]),
  );
}

/** An instance that moves from one slice to another may stand in both for a while, and is one all the same. */
function withoutRepeats(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const seen = new Set<string>();
  return endpoints.filter(({ address, portName }) => {
    const place = `${address} ${portName}`;
    const isNew = !seen.has(place);
    seen.add(place);
    return isNew;
  });
}

function endpointsOf(slice: Resource<'EndpointSlice'>, { clusterId }: MeshSettings): readonly Endpoint[] {
  const { spec } = slice;
  const source = keyOf(slice);
  const ports = (spec.ports ?? []).filter(({ protocol }) => protocol !== 'UDP');
  return (spec.endpoints ?? []).flatMap((endpoint) => {
    const [address] = endpoint.addresses ?? []; // the others are the same instance (EP-13)
    if (address === undefined) return [];
    return ports.map(({ name = '', port = 0 }): Endpoint => ({
      source,
      address,
      port,
      portName: name,
      labels: withPlace({}, { locality: NOWHERE, network: '', clusterId }),
      locality: NOWHERE,
      network: '',
      clusterId,
      weight: 1,
      health: healthOf(endpoint),
      tlsMode: 'disabled',
      namespace: '', // of the workload, which a slice does not name
      workload: '',
      ...(endpoint.hostname !== undefined && { hostname: endpoint.hostname }),
    }));
  });
}

/** SR-20: what serves while it ends is draining; what ends without serving is gone for clients. */
function healthOf({ conditions = {} }: SliceEndpoint): EndpointHealth {
  if (conditions.ready ?? true) return 'healthy';
  if (conditions.terminating === true) return conditions.serving === true ? 'draining' : 'terminating';
  return 'unhealthy';
}
