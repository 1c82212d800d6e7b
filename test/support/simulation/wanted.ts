import { canonicalJson } from '../../../lib/base/hashing.ts';
import { buildResources } from '../../../lib/control/build/build-snapshot.ts';
import type { EnvoyResource } from '../../../lib/envoy/envoy-resource.ts';
import { XDS_TYPES } from '../../../lib/envoy/xds-types.ts';
import { sentBody } from '../../../lib/snapshot/sealed-resource.ts';
import { readEnvoyNode } from '../../../lib/view/read-envoy-node.ts';
import { viewFacts, viewKey } from '../../../lib/view/view-facts.ts';
import type { World } from '../../../lib/world/world.ts';
import type { PollerAtEnd } from './history.ts';
import { type PolledNode, textsIn } from './polled-node.ts';

/** What a proxy should hold by a build from nothing, that asks for what its clusters and listeners name; and its view. */
export function wantedBy(node: PolledNode, world: World): Pick<PollerAtEnd, 'viewKey' | 'wanted'> {
  const facts = readEnvoyNode({ locality: {}, ...node });
  if (!facts.ok) throw new Error(JSON.stringify(facts.issues));
  const relevant = viewFacts(world, facts.value);
  const built = buildResources(world, relevant).value;
  const asked = {
    clusters: undefined,
    listeners: undefined,
    endpoints: textsIn(of('clusters', built), 'serviceName'),
    routes: textsIn(of('listeners', built), 'routeConfigName'),
  };
  const wanted = new Map([...asked.endpoints].map((name) => [`endpoints/${name}`, noEndpoints(name)]));
  for (const [type, names] of Object.entries(asked)) {
    for (const resource of of(type, built)) {
      if (names === undefined || names.has(resource.name)) wanted.set(`${type}/${resource.name}`, sentBody(resource));
    }
  }
  return { viewKey: viewKey(relevant), wanted };
}

const of = (type: string, resources: readonly EnvoyResource[]): readonly EnvoyResource[] =>
  resources.filter((resource) => resource.type === type);

/** What a proxy is sent for a cluster that the snapshot has no endpoints of (PX-12). */
export const noEndpoints = (name: string): string =>
  canonicalJson({ '@type': XDS_TYPES.endpoints.typeUrl, clusterName: name });
