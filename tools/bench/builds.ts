import { buildResources } from '../../lib/control/build-snapshot.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { sealResource } from '../../lib/snapshot/sealed-resource.ts';
import { blobsSince, seal, type Sealed } from '../../lib/snapshot/snapshot.ts';
import type { ProxyFacts } from '../../lib/view/proxy-facts.ts';
import { readNode } from '../../lib/view/read-node.ts';
import { viewFacts } from '../../lib/view/view-facts.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { asResource, generatedResources, serviceDocuments } from './generated-mesh.ts';
import { cpuMsInTurns } from './measure.ts';
import type { BenchRow } from './row.ts';

const ITERATIONS = 9;

/** A sidecar that sees every service, which is the most that a proxy can be given. */
const SIDECAR = factsOf({
  id: 'sidecar~10.255.0.1~bench.ns-0~ns-0.svc.cluster.local',
  metadata: { NAMESPACE: 'ns-0', LABELS: { app: 'bench' } },
});

/** From resources to a sealed snapshot for one view: from nothing, and after one route's weight was changed. */
export function buildRows(services: number): readonly BenchRow[] {
  const resources = generatedResources(services);
  const output = build(resources);
  const bodies = blobsSince(output).map((bytes) => JSON.parse(`[${Buffer.from(bytes).toString()}]`) as unknown);

  const changed = serviceDocuments(0, 20).map(asResource);
  const edited = [...changed, ...resources.slice(changed.length)];
  if (build(edited).manifestHash === output.manifestHash) throw new Error('the change of a weight changed nothing');

  const cpuMs = cpuMsInTurns(ITERATIONS, {
    floor: () => bodies.map((body) => JSON.stringify(body)),
    full: () => build(resources),
    change: () => build(edited),
  });
  const floorIs = 'JSON.stringify of the same output';
  const row = (bench: string, value: number): BenchRow => ({
    bench,
    services,
    unit: 'ms CPU',
    value,
    floor: cpuMs.floor,
    floorIs,
  });
  return [row('full build, one view', cpuMs.full), row('one-object change, one view', cpuMs.change)];
}

function build(resources: readonly Resource[]): Sealed {
  const world = buildWorld(resources).value;
  return seal(buildResources(world, viewFacts(world, SIDECAR)).value.map(sealResource));
}

function factsOf(node: object): ProxyFacts {
  const read = readNode(node);
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.value;
}
