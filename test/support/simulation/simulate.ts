import { memoryBlobs } from '../../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../../lib/adapters/memory/memory-records.ts';
import { HEAD_KEY } from '../../../lib/control/revisions/head.ts';
import { seededRandom } from '../seeded-random.ts';
import { skippingClock } from '../config-store.ts';
import { checkConvergence } from './check-convergence.ts';
import { endOfSimulation } from './end-of-simulation.ts';
import { applyFirst, editingClient } from './editing-client.ts';
import type { Happening, History, HistoryEvent } from './history.ts';
import type { Mutant } from './mutants.ts';
import { poller } from './poller.ts';
import { recordedStore, type Store } from './recorded-store.ts';
import type { Scenario } from './scenario.ts';
import { simulatedService } from './simulated-service.ts';
import { virtualTime } from './virtual-time.ts';
import { USUAL_LENGTHS, weather } from './weather.ts';

/** Until the first objects are there. */
const FIRST_MS = 1_000;
/** Between two looks whether all is as it should be; when it is it has to stay so for one more, in which the timer comes. */
const ROUND_MS = 60_000;

/** Runs one schedule of the whole service to its end and tells everything that happened. Equal scenarios give equal histories. */
export async function simulate(scenario: Scenario, mutant?: Mutant): Promise<History> {
  const random = seededRandom(scenario.seed);
  const time = virtualTime();
  const history: HistoryEvent[] = [];
  const sound: Store = { blobs: memoryBlobs(skippingClock()), records: memoryRecords() };
  const note = (happening: Happening): void => {
    history.push({ at: time.now(), ...happening });
    if (happening.what === 'record' && happening.key.partition === HEAD_KEY.partition) service.announce();
  };
  const ports = { time, random, note };
  const sky = weather(ports, scenario.odds);
  const service = simulatedService(
    {
      ...ports,
      storeOf: (machine) => {
        const recorded = recordedStore(sound, machine.name, note);
        return sky.reach(mutant === undefined ? recorded : mutant(recorded, { machine, time }), machine);
      },
    },
    scenario,
  );
  sky.calm(true);
  const first = applyFirst({ note, service });
  await time.runUntil(FIRST_MS);
  await first;
  sky.calm(false);
  const pollers = scenario.pollers.map((proxy, index) => poller({ ...ports, service }, `proxy-${index}`, proxy));
  for (const each of pollers) time.after(random.below(scenario.chaosMs / 4), () => each.start());
  let waiting = scenario.clients;
  for (let index = 0; index < scenario.clients; index += 1) {
    const work = {
      owner: `client-${index}`,
      edits: scenario.edits,
      objects: scenario.objects,
      withinMs: scenario.chaosMs,
    };
    void editingClient({ ...ports, service }, work).then(() => (waiting -= 1));
  }
  await time.runUntil(FIRST_MS + scenario.chaosMs);
  sky.calm(true);
  note({ what: 'calm' });
  const isOver = async (): Promise<boolean> =>
    waiting === 0 &&
    checkConvergence(history.concat({ at: time.now(), ...(await endOfSimulation(sound, pollers)) })).length === 0;
  await time.runUntil(time.now() + USUAL_LENGTHS.lateWrite);
  while (time.now() < scenario.endsMs && !(await isOver())) await time.runUntil(time.now() + ROUND_MS);
  await time.runUntil(time.now() + ROUND_MS);
  if (waiting > 0) throw new Error(`${waiting} clients were never answered`);
  note(await endOfSimulation(sound, pollers));
  return history;
}
