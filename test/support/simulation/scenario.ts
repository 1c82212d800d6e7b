import type { ProxyType } from '../../../lib/view/proxy-facts.ts';
import { seededRandom } from '../seeded-random.ts';
import type { ServiceSize } from './simulated-service.ts';
import { type FaultOdds, FAULTS } from './weather.ts';

/** Everything that decides a schedule. */
export interface Scenario extends ServiceSize {
  readonly seed: number;
  readonly odds: FaultOdds;
  readonly clients: number;
  /** Of each client. */
  readonly edits: number;
  /** How many objects each client has: of few, an edit often makes things as they were before. */
  readonly objects: number;
  readonly pollers: readonly PolledProxy[];
  /** How long things fail. */
  readonly chaosMs: number;
  /** When everything has to be as it should at the latest. */
  readonly endsMs: number;
}

export interface PolledProxy {
  readonly type: ProxyType;
  readonly namespace: string;
  readonly refreshMs?: number;
}

/** Far beyond what it takes: the timer, a lease that nobody gave back, and the polls for which a proxy may be held back. */
const ENDS_MS = 900_000;
const PROXIES: readonly PolledProxy[] = [
  { type: 'sidecar', namespace: 'default' },
  { type: 'sidecar', namespace: 'default' },
  { type: 'sidecar', namespace: 'other' },
  { type: 'router', namespace: 'default' },
];

/** What a schedule is mostly about; the rest is there, but little of it. */
interface Emphasis {
  readonly clients: number;
  readonly edits: number;
  readonly objects: number;
  readonly builders: number;
  readonly discoveries: number;
  readonly pollers: number;
}

const EMPHASES: readonly Emphasis[] = [
  { clients: 3, edits: 3, objects: 3, builders: 2, discoveries: 1, pollers: 1 }, // editing
  { clients: 1, edits: 6, objects: 1, builders: 3, discoveries: 1, pollers: 1 }, // leading and publishing
  { clients: 1, edits: 3, objects: 2, builders: 2, discoveries: 3, pollers: 3 }, // polling
];

/** What seeds that are equal by this number have in common. */
export const EMPHASIS_COUNT = EMPHASES.length;

/** A schedule of the usual size; what it is about, and how bad the weather is, is the seed's. */
export function scenarioOf(seed: number): Scenario {
  const random = seededRandom(seed ^ 0x5eed);
  const total = 0.02 + 0.15 * random.fraction();
  const shares = FAULTS.map(() => random.fraction() ** 2);
  const sum = shares.reduce((all, share) => all + share, 0);
  const emphasis = EMPHASES[seed % EMPHASES.length] as Emphasis;
  return {
    ...emphasis,
    seed,
    odds: Object.fromEntries(FAULTS.map((fault, index) => [fault, (total * (shares[index] ?? 0)) / sum])) as FaultOdds,
    configs: 2,
    pollers: PROXIES.slice(random.below(2)).slice(0, emphasis.pollers),
    chaosMs: 120_000,
    endsMs: ENDS_MS,
  };
}
