import { seededRandom } from '../seeded-random.ts';
import type { PolledProxy } from './scenario.ts';
import { type FaultLengths, type FaultOdds, FAULTS, USUAL_LENGTHS } from './weather.ts';

/** Everything that decides a schedule of delivery: from what people configured to what proxies have. */
export interface DeliveryScenario {
  readonly seed: number;
  readonly odds: FaultOdds;
  readonly pace: Pace;
  readonly edits: number;
  readonly builders: number;
  /** Builders of shards; 0 where leaders build everything themselves. */
  readonly shards: number;
  readonly discoveries: number;
  readonly keepers: number;
  readonly proxies: readonly DeliveredProxy[];
  /** When the store is away, from and to. */
  readonly outages: readonly (readonly [number, number])[];
  /** A namespace whose view cannot be built, and until when. */
  readonly poison: { readonly namespace: string; readonly until: number } | undefined;
}

/** How fast things follow each other, in milliseconds. */
export interface Pace {
  /** How long things fail. */
  readonly chaos: number;
  readonly refresh: number;
  readonly timer: number;
  /** Between two sweeps of one keeper. */
  readonly sweep: number;
  readonly lengths: FaultLengths;
  /** Between two looks whether all is as it should be. */
  readonly round: number;
}

export interface DeliveredProxy extends PolledProxy {
  readonly form: 'envoy' | 'delta' | 'delta-by-type';
}

const MINUTE = 60_000;

const QUICK: Pace = {
  ...{ chaos: MINUTE, refresh: 12_000, timer: 30_000, sweep: 20_000, round: 30_000 },
  lengths: { ...USUAL_LENGTHS, stall: 60_000, lateWrite: 30_000 },
};

/** As slow as a sweep: who writes may stall for longer than blobs are kept that nothing names, and for less than the grace time. */
const SLOW: Pace = {
  ...{ chaos: 10 * 60 * MINUTE, refresh: 100 * MINUTE, timer: 50 * MINUTE, sweep: 30 * MINUTE, round: 60 * MINUTE },
  lengths: { stall: 100 * MINUTE, lateWrite: 100 * MINUTE, slow: 10 * MINUTE },
};

type Emphasis = Omit<DeliveryScenario, 'seed' | 'odds' | 'outages' | 'poison' | 'proxies'> & {
  readonly forms: readonly DeliveredProxy['form'][];
  readonly outages: number;
};

const FEW = { pace: QUICK, edits: 4, builders: 2, shards: 0, discoveries: 1, keepers: 0, outages: 0 };

/** What a schedule is mostly about; the rest is there, but little of it. */
const EMPHASES: readonly Emphasis[] = [
  { ...FEW, edits: 6, builders: 3, forms: ['delta'] }, // leading
  { ...FEW, builders: 2, shards: 3, forms: ['delta', 'delta', 'delta'] }, // shards
  { ...FEW, discoveries: 3, forms: ['envoy'] }, // polls
  { ...FEW, discoveries: 3, forms: ['delta', 'delta-by-type'] }, // deltas
  { ...FEW, edits: 3, discoveries: 2, outages: 2, forms: ['envoy', 'delta'] }, // outages
  { ...FEW, edits: 6, pace: SLOW, keepers: 2, forms: ['delta'] }, // keeping the store clean
];

/** What seeds that are equal by this number have in common. */
export const EMPHASIS_COUNT = EMPHASES.length;

/** A schedule of the usual size; what it is about, and how bad the weather is, is the seed's. */
export function deliveryScenarioOf(seed: number): DeliveryScenario {
  const random = seededRandom(seed ^ 0xde11);
  const { forms, outages, ...emphasis } = EMPHASES[seed % EMPHASES.length] as Emphasis;
  const { chaos, refresh } = emphasis.pace;
  const total = (outages > 0 ? 0.05 : 0.02 + 0.2) * random.fraction();
  const shares = FAULTS.map(() => random.fraction() ** 2);
  const sum = shares.reduce((all, share) => all + share, 0);
  const poison = { namespace: 'team-0', until: random.fraction() < 0.5 ? chaos / 2 : Infinity };
  return {
    ...emphasis,
    seed,
    odds: Object.fromEntries(FAULTS.map((fault, index) => [fault, (total * (shares[index] ?? 0)) / sum])) as FaultOdds,
    proxies: forms.map((form, index) => ({ form, type: 'sidecar', namespace: `team-${index}`, refreshMs: refresh })),
    outages: Array.from({ length: outages }, (_, index) => {
      const from = ((index + random.fraction()) * chaos) / outages;
      return [from, from + chaos * (0.1 + 0.3 * random.fraction())];
    }),
    poison: emphasis.shards > 0 && random.fraction() < 0.6 ? poison : undefined,
  };
}
