import type { Sealed } from '../../lib/snapshot/snapshot.ts';
import { certifiedGateways } from './generated-secrets.ts';
import { cpuMsInTurns, WARM_UP } from './measure.ts';
import type { BenchRow } from './row.ts';
import { router, warmBuilder } from './warm-builder.ts';

const ITERATIONS = 9;

/** A router with as many certificates as services: everything from nothing, and one certificate renewed by a builder that has built before. */
export async function secretRows(services: number): Promise<readonly BenchRow[]> {
  const { gateways, secrets, renewals } = await certifiedGateways(services, WARM_UP + ITERATIONS);
  const build = (): readonly Sealed[] => warmBuilder([router])([...gateways, ...secrets]);
  const bodies = textsOf(build()).map((text) => JSON.parse(text) as unknown);
  const rebuild = warmBuilder([router]);
  rebuild([...gateways, ...secrets]);
  let turn = 0;
  const cpuMs = cpuMsInTurns(ITERATIONS, {
    floor: () => bodies.map((body) => JSON.stringify(body)),
    full: build,
    renewed: () => rebuild([...gateways, ...secrets.with(0, renewals[turn++] ?? missing())]),
  });
  const row = (bench: string, value: number): BenchRow => ({
    bench,
    services,
    unit: 'ms CPU',
    value,
    floor: cpuMs.floor,
    floorIs: 'JSON.stringify of the router’s output',
  });
  return [
    row('full build, a certificate per service', cpuMs.full),
    row('one certificate renewed, one view', cpuMs.renewed),
  ];
}

const textsOf = (built: readonly Sealed[]): readonly string[] =>
  built.flatMap(({ resources }) =>
    Object.values(resources).flatMap((sealed) => sealed.map(({ chunks }) => chunks.map(({ text }) => text).join(''))),
  );

function missing(): never {
  throw new Error('more turns than renewals');
}
