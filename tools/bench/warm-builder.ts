import { runMemory } from '../../lib/base/recall.ts';
import { pieceMemory } from '../../lib/control/build/piece-memory.ts';
import { viewSealer } from '../../lib/control/build/seal-view.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import type { Sealed } from '../../lib/snapshot/snapshot.ts';
import type { ProxyFacts } from '../../lib/view/proxy-facts.ts';
import { readNode } from '../../lib/view/read-node.ts';
import { viewFacts, viewKey } from '../../lib/view/view-facts.ts';
import { buildWorld } from '../../lib/world/world.ts';

/** Sidecars of as many namespaces and three zones, each of which sees every service: as many views. */
export const sidecars = (count: number): readonly ProxyFacts[] =>
  Array.from({ length: count }, (_, index) =>
    factsOf({
      id: `sidecar~10.255.0.${index + 1}~bench.ns-${index}~ns-${index}.svc.cluster.local`,
      metadata: { NAMESPACE: `ns-${index}`, LABELS: { app: 'bench' } },
      locality: { region: 'eu', zone: `eu-${index % 3}` },
    }),
  );

/** One router of the namespace `edge`. */
export const router: ProxyFacts = factsOf({ type: 'router', namespace: 'edge', ips: ['10.255.0.1'] });

/** A builder that remembers what it built: each call is the next revision, built for every proxy. */
export function warmBuilder(proxies: readonly ProxyFacts[]): (resources: readonly Resource[]) => readonly Sealed[] {
  const [worlds, sealView] = [runMemory(), viewSealer(pieceMemory())];
  let revision = 0;
  return (resources) => {
    revision += 1;
    const world = worlds.run((recall) => buildWorld(resources, {}, recall).value);
    return proxies.map((proxy) => {
      const facts = viewFacts(world, proxy);
      return sealView({ world, revision }, { key: viewKey(facts), facts }).sealed;
    });
  };
}

function factsOf(node: object): ProxyFacts {
  const read = readNode(node);
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.value;
}
