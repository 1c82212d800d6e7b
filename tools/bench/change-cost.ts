import { median } from '../../lib/base/median.ts';
import { benchClock, benchProcess } from './bench-process.ts';
import { generatedDocuments, type ServiceChange, serviceDocuments } from './generated-mesh.ts';
import { cpuMsOfCall } from './measure.ts';
import { pollBody } from './poll-body.ts';
import type { BenchRow } from './row.ts';
import { type StoreTally, talliedStore } from './tallied-store.ts';

const ITERATIONS = 7;
/** Turns that do not count, in which the runtime compiles what is hot. */
const WARM_UP = 2;

/** One object of a service that is applied again, changed: which of its documents, and how. */
const CHANGES: Readonly<Record<string, { readonly document: number; readonly of: (turn: number) => ServiceChange }>> = {
  endpoint: { document: 0, of: (turn) => ({ replica: `10.250.${Math.floor(turn / 250)}.${turn % 250}` }) },
  policy: { document: 1, of: (turn) => ({ failures: 100 + turn }) },
  weight: { document: 2, of: (turn) => ({ weight: turn % 100 }) },
};

/**
 * What a change of one object costs from apply to published snapshot, as the mesh grows: flat is the goal. Processor time and store
 * calls of a warm process with one view; the floor of each size is the smallest mesh of the same run.
 */
export async function changeCostRows(sizes: readonly number[]): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  const smallest = new Map<string, number>();
  for (const services of sizes) {
    for (const { bench, unit, value } of await costsAt(services)) {
      const floor = smallest.get(`${bench} ${unit}`) ?? value;
      smallest.set(`${bench} ${unit}`, floor);
      rows.push({ bench, services, unit, value, floor, floorIs: `the same with ${sizes[0]} services` });
    }
  }
  return rows;
}

type Cost = Pick<BenchRow, 'bench' | 'unit' | 'value'>;

interface ChangeCost {
  readonly cpuMs: number;
  readonly tally: StoreTally;
}

async function costsAt(services: number): Promise<readonly Cost[]> {
  const [store, clock] = [talliedStore(), benchClock()];
  const process = benchProcess({ store, clock, hearsAllPolls: true });
  await process.load(generatedDocuments(services));
  await process.poll('/v3/discovery:clusters', pollBody({ index: 1, namespace: 'ns-0' }, {}));
  await process.build();
  let turn = 0;
  const measured = new Map<string, ChangeCost[]>(Object.keys(CHANGES).map((kind) => [kind, []]));
  for (let round = 0; round < WARM_UP + ITERATIONS; round += 1) {
    for (const [kind, { document, of }] of Object.entries(CHANGES)) {
      turn += 1;
      const changed = serviceDocuments(0, of(turn))[document];
      if (changed === undefined) throw new Error(`a service has no document ${document}`);
      clock.advance(5_000);
      store.takeTally();
      const cpuMs = await cpuMsOfCall(async () => {
        await process.apply([changed]);
        await process.build();
      });
      measured.get(kind)?.push({ cpuMs, tally: store.takeTally() });
    }
  }
  return [...measured].flatMap(([kind, costs]) => costsOf(kind, costs.slice(WARM_UP)));
}

function costsOf(kind: string, costs: readonly ChangeCost[]): readonly Cost[] {
  const bench = `one ${kind} applied, built, published`;
  const cost = (unit: string, read: (cost: ChangeCost) => number): Cost => ({
    bench,
    unit,
    value: median(costs.map(read)),
  });
  return [
    cost('ms CPU', ({ cpuMs }) => cpuMs),
    cost('store reads', ({ tally }) => tally.recordReads + tally.blobReads),
    cost('store writes', ({ tally }) => tally.recordWrites + tally.blobWrites),
    cost('KB written', ({ tally }) => tally.writtenBytes / 1024),
  ];
}
