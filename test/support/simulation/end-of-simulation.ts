import { configSource } from '../../../lib/control/build/config-source.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { skippingClock } from '../config-store.ts';
import { recordingLog } from '../recording-log.ts';
import type { Happening, PollerAtEnd } from './history.ts';
import type { Poller } from './poller.ts';
import type { Store } from './recorded-store.ts';
import { wantedBy } from './wanted.ts';

/** What is stored when all is over, what every poller holds, and what it should hold by a build from nothing. */
export async function endOfSimulation(store: Store, pollers: readonly Poller[]): Promise<Happening> {
  const source = configSource({ ...store, clock: skippingClock(), log: recordingLog() });
  const { resources } = await source.readNewest();
  const world = buildWorld(resources).value;
  return {
    what: 'end',
    objects: new Map(resources.map(({ metadata }) => [metadata.name, metadata.annotations?.['edit'] ?? ''])),
    pollers: pollers.map(({ name, node, held }): PollerAtEnd => ({ poller: name, held, ...wantedBy(node, world) })),
  };
}
