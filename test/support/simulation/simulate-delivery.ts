import { epochMs } from '../../../lib/base/brand.ts';
import { memoryBlobs } from '../../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../../lib/adapters/memory/memory-records.ts';
import type { SealView } from '../../../lib/control/build/seal-view.ts';
import type { Etag } from '../../../lib/ports/records.ts';
import { testStart } from '../config-store.ts';
import { type SeededRandom, seededRandom } from '../seeded-random.ts';
import type { CarriedQueue } from './carried-queue.ts';
import { checkConvergence } from './check-convergence.ts';
import { deltaPoller } from './delta-poller.ts';
import type { DeliveredProxy, DeliveryScenario } from './delivery-scenario.ts';
import type { Happening, History, HistoryEvent } from './history.ts';
import { MESH_KEY, type MeshAt, type MeshState, sharedSealer, someState, wantedIn } from './mesh-states.ts';
import type { Broken } from './delivery-mutants.ts';
import { poller, type Poller, type PollerPorts } from './poller.ts';
import { recordedStore, type Store } from './recorded-store.ts';
import { simulatedDelivery } from './simulated-delivery.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';
import { weather } from './weather.ts';

/** A message is at its end after its last attempt, whatever becomes of it. */
const LONGEST_WAIT_MS = 120_000;
/** After so many rounds without faults everything has to be as it should. */
const MAX_ROUNDS = 40;

/** Runs one schedule of delivery to its end and tells everything that happened. Equal scenarios give equal histories. */
export async function simulateDelivery(scenario: DeliveryScenario, broken: Broken = {}): Promise<History> {
  const { pace, seed } = scenario;
  const random = seededRandom(seed);
  const time = virtualTime();
  const history: HistoryEvent[] = [];
  const clock = { now: () => epochMs(testStart + time.now()) };
  const sound: Store = { blobs: memoryBlobs(clock), records: memoryRecords() };
  const note = (happening: Happening): void => void history.push({ at: time.now(), ...happening });
  const ports = { time, random, note };
  const sky = weather(ports, scenario.odds, pace.lengths);
  const mesh = editedMesh(sound, random);
  const service = simulatedDelivery(
    {
      ...ports,
      storeOf: (machine) => {
        const of = { machine, time };
        const recorded = recordedStore(sound, machine.name, note);
        const reached = sky.reach(broken.store?.(recorded, of) ?? recorded, machine);
        return broken.process?.(reached, of) ?? reached;
      },
      reachQueue: (queue, machine) => sky.reachQueue(queue, machine),
      sealView: poisonedFor(
        scenario,
        time,
        sharedSealer((revision) => mesh.stateOf(revision)),
      ),
    },
    scenario,
  );
  await mesh.edit();
  const pollers = scenario.proxies.map((proxy, index) => pollerOf({ ...ports, service }, `proxy-${index}`, proxy));
  for (const each of pollers) time.after(random.below(pace.chaos / 8), () => each.start());
  for (let edit = 0; edit < scenario.edits; edit += 1)
    time.after(random.below(pace.chaos), () => void mesh.edit().then(() => service.announce()));
  for (const [from, to] of scenario.outages) {
    const turn = (isOn: boolean): void => {
      sky.away(isOn);
      note({ what: 'outage', isOn });
    };
    time.after(from, () => turn(true));
    time.after(to, () => turn(false));
  }
  await time.runUntil(Math.max(pace.chaos, ...scenario.outages.map(([, to]) => to)));
  sky.calm(true);
  sky.away(false);
  note({ what: 'calm' });
  await untilSettled({
    scenario,
    time,
    history,
    look: () => endOf(scenario, pollers, mesh.state()),
    queue: service.queue,
  });
  note(endOf(scenario, pollers, mesh.state()));
  return history;
}

interface Ending {
  readonly scenario: DeliveryScenario;
  readonly time: VirtualTime;
  readonly history: History;
  readonly look: () => Happening;
  readonly queue: CarriedQueue;
}

/** When all is as it should be it has to stay so for one round more. */
async function untilSettled({ scenario: { pace }, time, history, look, queue }: Ending): Promise<void> {
  await time.runUntil(time.now() + pace.lengths.lateWrite);
  const isSettled = (): boolean => checkConvergence([...history.slice(-1), { at: time.now(), ...look() }]).length === 0;
  for (let round = 0; round < MAX_ROUNDS && !isSettled(); round += 1) await time.runUntil(time.now() + pace.round);
  await time.runUntil(time.now() + pace.round);
  const waits = time.now() - queue.oldest();
  if (waits > LONGEST_WAIT_MS) throw new Error(`a message has been in the queue for ${waits} ms`);
}

interface EditedMesh {
  edit(): Promise<void>;
  state(): MeshState;
  stateOf(revision: number): MeshState | undefined;
}

/** What people configure; nobody else does, and the store keeps it whatever the weather is. */
function editedMesh({ records }: Store, random: SeededRandom): EditedMesh {
  const states: MeshState[] = [];
  let expected: Etag | undefined;
  return {
    async edit() {
      const before = states.at(-2);
      const state = before !== undefined && random.fraction() < 0.3 ? before : someState(random);
      states.push(state);
      const record: MeshAt = { revision: states.length, state };
      expected = await records.putIf(MESH_KEY, record, expected);
    },
    state: () => states.at(-1) ?? '',
    stateOf: (revision) => states[revision - 1],
  };
}

function poisonedFor({ poison }: DeliveryScenario, time: VirtualTime, sealView: SealView): SealView {
  return (world, view) => {
    if (poison && view.facts.namespace === poison.namespace && time.now() < poison.until)
      throw new Error(`${poison.namespace} is poison`);
    return sealView(world, view);
  };
}

function pollerOf(ports: PollerPorts, name: string, proxy: DeliveredProxy): Poller {
  return proxy.form === 'envoy' ? poller(ports, name, proxy) : deltaPoller(ports, name, proxy);
}

function endOf({ poison, proxies }: DeliveryScenario, pollers: readonly Poller[], state: MeshState): Happening {
  const poisoned = poison?.until === Infinity ? poison.namespace : undefined;
  const living = pollers.filter((_, index) => proxies[index]?.namespace !== poisoned);
  return {
    what: 'end',
    objects: new Map(),
    pollers: living.map(({ name, node, held }) => ({ poller: name, held, ...wantedIn(state, node) })),
  };
}
