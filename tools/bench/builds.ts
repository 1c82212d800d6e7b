import { buildResources } from '../../lib/control/build/build-snapshot.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { sealResource } from '../../lib/snapshot/sealed-resource.ts';
import { seal, type Sealed } from '../../lib/snapshot/snapshot.ts';
import type { ProxyFacts } from '../../lib/view/proxy-facts.ts';
import { viewFacts } from '../../lib/view/view-facts.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { asResource, generatedResources, serviceDocuments, type ServiceChange } from './generated-mesh.ts';
import { cpuMsInTurns } from './measure.ts';
import type { BenchRow } from './row.ts';
import { sidecars, warmBuilder } from './warm-builder.ts';

const ITERATIONS = 9;

/** Views that a change is built for. */
const VIEWS = 10;

/** From resources to sealed snapshots: from nothing for one view, and after a change for many, by a builder that has built before. */
export function buildRows(services: number): readonly BenchRow[] {
  const resources = generatedResources(services);
  const [sidecar, ...others] = sidecars(VIEWS);
  if (sidecar === undefined) throw new Error('no view to build for');
  const output = build(resources, sidecar);
  const texts = Object.values(output.resources).flatMap((sealed) =>
    sealed.map(({ chunks }) => chunks.map(({ text }) => text)),
  );
  const bodies = texts.map((pieces) => JSON.parse(pieces.join('')) as unknown);
  const change = changes(resources, warmBuilder([sidecar, ...others]));
  const cpuMs = cpuMsInTurns(ITERATIONS, {
    floor: () => bodies.map((body) => JSON.stringify(body)),
    full: () => build(resources, sidecar),
    endpoint: () => change((turn) => ({ replica: `10.250.${Math.floor(turn / 250)}.${turn % 250}` })),
    policy: () => change((turn) => ({ failures: 100 + turn })),
    route: () => change((turn) => ({ prefix: `/api-${turn}` })),
  });
  const row = (bench: string, value: number): BenchRow => ({
    bench,
    services,
    unit: 'ms CPU',
    value,
    floor: cpuMs.floor,
    floorIs: 'JSON.stringify of one view’s output',
  });
  return [
    row('full build, one view', cpuMs.full),
    row(`one-endpoint change, ${VIEWS} views`, cpuMs.endpoint),
    row(`one-policy change, ${VIEWS} views`, cpuMs.policy),
    row(`one-route change, ${VIEWS} views`, cpuMs.route),
  ];
}

/**
 * Builds the mesh with one service changed. Each change is one that was never built before, because a builder knows again what it
 * built, and all are made on top of each other.
 */
function changes(
  resources: readonly Resource[],
  buildNext: (resources: readonly Resource[]) => readonly Sealed[],
): (changeOf: (turn: number) => ServiceChange) => void {
  let [turn, current, served] = [0, {} as ServiceChange, buildNext(resources)];
  const others = resources.slice(serviceDocuments(0).length);
  return (changeOf) => {
    turn += 1;
    current = { ...current, ...changeOf(turn) };
    const changed = serviceDocuments(0, current).map((document, index) =>
      sameOr(resources[index], asResource(document)),
    );
    const sealed = buildNext([...changed, ...others]);
    if (sealed.some(({ manifestHash }, view) => manifestHash === served[view]?.manifestHash)) {
      throw new Error('a change changed nothing');
    }
    served = sealed;
  };
}

/** The object that was there, if it says the same: a store hands out again what did not change. */
const sameOr = (before: Resource | undefined, now: Resource): Resource =>
  before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : now;

function build(resources: readonly Resource[], sidecar: ProxyFacts): Sealed {
  const world = buildWorld(resources).value;
  return seal(buildResources(world, viewFacts(world, sidecar)).value.map(sealResource));
}
