import { buildResources } from '../../lib/control/build/build-snapshot.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { sealResource } from '../../lib/snapshot/sealed-resource.ts';
import { viewFacts } from '../../lib/view/view-facts.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { generatedGateways } from './generated-gateways.ts';
import { cpuMsInTurns } from './measure.ts';
import type { BenchRow } from './row.ts';
import { router } from './warm-builder.ts';

const ITERATIONS = 9;

/** From resources to what a router is given, with as many tables as services, from nothing: gateways apart, and all at the same hosts. */
export function gatewayRows(services: number): readonly BenchRow[] {
  const [apart, shared] = [generatedGateways(services, 'apart'), generatedGateways(services, 'shared')];
  const bodies = build(apart).flatMap(({ chunks }) => chunks.map(({ text }) => text));
  const cpuMs = cpuMsInTurns(ITERATIONS, {
    floor: () => bodies.map((body) => JSON.stringify(body)),
    apart: () => build(apart),
    shared: () => build(shared),
  });
  const floorIs = 'JSON.stringify of what the gateways apart come to';
  const row = (bench: string, value: number): BenchRow => ({
    bench,
    services,
    unit: 'ms CPU',
    value,
    floor: cpuMs.floor,
    floorIs,
  });
  return [
    row('full build, a gateway per service', cpuMs.apart),
    row('full build, tables at the same hosts', cpuMs.shared),
  ];
}

function build(resources: readonly Resource[]) {
  const world = buildWorld(resources).value;
  return buildResources(world, viewFacts(world, router)).value.map(sealResource);
}
