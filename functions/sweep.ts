import type { ScheduledEvent } from 'aws-lambda';
import type { DeliveryService } from '../lib/control/delivery-service.ts';
import { type LeaseCandidate, leaseCandidate } from '../lib/control/lead/lease-candidate.ts';
import { KEEPER_LEASE } from '../lib/control/lead/lease.ts';
import { type Cloud, cloud, cloudDelivery, instanceName } from './cloud.ts';

export interface SweepParts extends Pick<Cloud, 'log'> {
  readonly delivery: Pick<DeliveryService, 'keeper'>;
  readonly candidate: LeaseCandidate;
}

/** What the platform says of a call. */
export interface CallTime {
  getRemainingTimeInMillis(): number;
}

export type SweepFunction = (event: ScheduledEvent, context: CallTime) => Promise<void>;

/** A step that begins later than so long before the end of the call might be cut off; that would be no harm, but an alarm. */
const LAST_STEP_MS = 120_000;

/** The timer fired: take away what nobody needs any more, in steps, as far as the time of the call goes (STO-10). */
export function sweepFunction({ delivery, candidate, log }: SweepParts): SweepFunction {
  return async (_event, context) => {
    try {
      let isDone = false;
      for (let step = 0; !isDone && (step === 0 || context.getRemainingTimeInMillis() > LAST_STEP_MS); step += 1) {
        const attempt = await candidate.attempt();
        if (attempt.outcome !== 'leads') return log.info('sweep-left-to-others', { outcome: attempt.outcome });
        isDone = await delivery.keeper.step();
      }
    } finally {
      await candidate.release();
    }
  };
}

let made: SweepFunction | undefined;

export const handler: SweepFunction = (event, context) => {
  made ??= sweepFunction({
    delivery: cloudDelivery(cloud()),
    log: cloud().log,
    candidate: leaseCandidate(cloud(), KEEPER_LEASE, { identity: instanceName(), key: '', mayTakeFrom: () => false }),
  });
  return made(event, context);
};
