import { canonicalJson } from '../../../lib/base/hashing.ts';
import { configSource } from '../../../lib/control/build/config-source.ts';
import { buildResources } from '../../../lib/control/build/build-snapshot.ts';
import type { EnvoyResource } from '../../../lib/envoy/envoy-resource.ts';
import { XDS_TYPES } from '../../../lib/envoy/xds-types.ts';
import { readEnvoyNode } from '../../../lib/view/read-envoy-node.ts';
import { viewFacts, viewKey } from '../../../lib/view/view-facts.ts';
import { buildWorld, type World } from '../../../lib/world/world.ts';
import { sentBody } from '../../../lib/snapshot/sealed-resource.ts';
import { skippingClock } from '../config-store.ts';
import { recordingLog } from '../recording-log.ts';
import type { Happening, PollerAtEnd } from './history.ts';
import { type PolledNode, type Poller, textsIn } from './poller.ts';
import type { Store } from './recorded-store.ts';

/** What is stored when all is over, what every poller holds, and what it should hold by a build from nothing. */
export async function endOfSimulation(store: Store, pollers: readonly Poller[]): Promise<Happening> {
  const source = configSource({ ...store, clock: skippingClock(), log: recordingLog() });
  const { resources } = await source.readNewest();
  const world = buildWorld(resources).value;
  return {
    what: 'end',
    objects: new Map(resources.map(({ metadata }) => [metadata.name, metadata.annotations?.['edit'] ?? ''])),
    pollers: pollers.map(({ name, node, held }): PollerAtEnd => ({ poller: name, held, ...wantedBy(node, world) })),
  };
}

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
