import type { PublishEvent } from '../../../functions/publish.ts';
import { HEAD_KEY } from '../../../lib/control/revisions/head.ts';
import { streamEvent, timerEvent } from '../lambda-events.ts';
import type { NetworkPorts } from './ask.ts';
import type { Happening } from './history.ts';
import { MachineDied } from './machine.ts';
import type { Pool } from './pool.ts';

/** EventBridge wakes the builder once a minute, for what a lost event left behind. */
const TIMER_MS = 60_000;
const LONGEST_DELIVERY_MS = 5_000;
const LONGEST_REDELIVERY_MS = 6_000;

interface AnnouncerPorts extends NetworkPorts {
  readonly note: (happening: Happening) => void;
}

type Build = (event: PublishEvent) => Promise<void>;

/** The way of events to the builders. One that was not taken is delivered again, as a stream does it. */
export function announcer(
  { time, random, note }: AnnouncerPorts,
  builders: Pool<Build>,
  timerMs = TIMER_MS,
): () => void {
  const deliver = (event: PublishEvent): void => {
    const again = (): void => time.after(200 + random.below(LONGEST_REDELIVERY_MS), () => deliver(event));
    const slot = builders.idle();
    if (slot === undefined) return again();
    slot.isBusy = true;
    slot.machine
      .run(() => slot.app(event))
      .finally(() => (slot.isBusy = false))
      .catch((error: unknown) => {
        if (!(error instanceof MachineDied)) note({ what: 'threw', machine: slot.machine.name, reason: String(error) });
        again();
      });
  };
  const wake = (): void => {
    deliver(timerEvent);
    time.after(timerMs, wake);
  };
  time.after(random.below(timerMs), wake);
  return () => {
    const luck = random.fraction();
    const copies = luck < 0.1 ? 0 : luck < 0.75 ? 1 : 2;
    for (let copy = 0; copy < copies; copy += 1)
      time.after(random.below(LONGEST_DELIVERY_MS), () => deliver(streamEvent(HEAD_KEY)));
  };
}
