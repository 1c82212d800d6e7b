import { memorySecretBox } from '../../../lib/adapters/memory/memory-secret-box.ts';
import { Registry } from 'prom-client';
import { publishFunction } from '../../../functions/publish.ts';
import { sweepFunction } from '../../../functions/sweep.ts';
import { durationMs } from '../../../lib/base/brand.ts';
import type { SealView } from '../../../lib/control/build/seal-view.ts';
import { type DeliveryService, deliveryService } from '../../../lib/control/delivery-service.ts';
import { KEEPER_LEASE } from '../../../lib/control/lead/lease.ts';
import { leaseCandidate } from '../../../lib/control/lead/lease-candidate.ts';
import { metrics } from '../../../lib/control/metrics.ts';
import type { Log } from '../../../lib/ports/log.ts';
import { type HttpEventSettings, timerEvent } from '../lambda-events.ts';
import { announcer } from './announcer.ts';
import { ask, type GivenAnswer, type HttpAnswer, type NetworkPorts } from './ask.ts';
import { carriedQueue, type CarriedQueue, type ShardFunction, shardFunction } from './carried-queue.ts';
import type { DeliveryScenario } from './delivery-scenario.ts';
import type { Happening } from './history.ts';
import type { Machine } from './machine.ts';
import { meshSource } from './mesh-states.ts';
import { pool, type Pool } from './pool.ts';
import type { Store } from './recorded-store.ts';
import type { SendingQueue } from './weather.ts';

/** The functions that deliver, each in several processes, and what stands between them and the outside. */
export interface SimulatedDelivery {
  poll(request: HttpEventSettings): Promise<HttpAnswer>;
  /** Tells the builders of a change. */
  announce(): void;
  readonly queue: CarriedQueue;
}

export interface DeliveryPorts extends NetworkPorts {
  readonly note: (happening: Happening) => void;
  readonly storeOf: (machine: Machine) => Store;
  readonly reachQueue: (queue: SendingQueue, machine: Machine) => SendingQueue;
  readonly sealView: SealView;
}

/** Less than schedules last, so that sweeps find something; what guards slow writers is the grace time, which is not ours to set. */
const RETENTION = { blobs: durationMs(10 * 60_000), revisions: undefined };

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const shared = { log: silent, metrics: metrics(new Registry(), 'simulated') };

/** The simulated documents have none. */
const SECRETS = { secrets: memorySecretBox(), believesNodes: false };

export function simulatedDelivery(ports: DeliveryPorts, scenario: DeliveryScenario): SimulatedDelivery {
  const queue = carriedQueue(ports, () => shards);
  const delivery = (machine: Machine): DeliveryService => {
    const { blobs, records } = ports.storeOf(machine);
    // One view makes a shard.
    const fanOut = scenario.shards > 0 && { queue: ports.reachQueue(queue, machine), shardWork: 1 };
    return deliveryService({
      ...{ ...shared, blobs, records, clock: machine.clock, config: meshSource(records), holder: machine.name },
      ...{ hearsAllPolls: false, ...SECRETS, isServing: () => true, retention: RETENTION, sealView: ports.sealView },
      ...(fanOut && { fanOut }),
    });
  };
  const shards: Pool<ShardFunction> = pool(ports, {
    kind: 'shards',
    size: scenario.shards,
    start: (machine) => shardFunction({ log: silent, shards: shardsOf(delivery(machine)) }),
  });
  const discoveries = pool(ports, {
    kind: 'xds',
    size: scenario.discoveries,
    start: (machine) => answering(delivery(machine)),
  });
  const builders = pool(ports, {
    kind: 'builder',
    size: scenario.builders,
    start: (machine) => publishFunction({ delivery: delivery(machine), log: silent }),
  });
  sweepNowAndThen(ports, scenario, delivery);
  return {
    poll: (request) => ask(ports, discoveries.any(), async (app) => app(request)),
    announce: announcer(ports, builders, scenario.pace.timer),
    queue,
  };
}

function shardsOf({ shards }: DeliveryService): NonNullable<DeliveryService['shards']> {
  if (shards === undefined) throw new Error('a service with a queue builds shards');
  return shards;
}

/** As the function does that answers polls, without what the front door adds. */
function answering(delivery: DeliveryService): (request: HttpEventSettings) => Promise<GivenAnswer> {
  return async ({ path, headers, body }) => {
    const request = new Request(`http://xds${path}`, {
      method: 'POST',
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
    const response = await delivery.discovery(request);
    await delivery.flush().catch(() => undefined);
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  };
}

/** Plenty: a sweep of so few blobs is one step. */
const CALL_MS = 900_000;

function sweepNowAndThen(
  ports: DeliveryPorts,
  { keepers, pace }: DeliveryScenario,
  delivery: (machine: Machine) => DeliveryService,
): void {
  const { time, random, note } = ports;
  const sweepers = pool(ports, {
    kind: 'keeper',
    size: keepers,
    start: (machine) => {
      const lease = { identity: machine.name, key: '', mayTakeFrom: () => false };
      const candidate = leaseCandidate(
        { ...ports.storeOf(machine), ...shared, clock: machine.clock },
        KEEPER_LEASE,
        lease,
      );
      return sweepFunction({ delivery: delivery(machine), log: silent, candidate });
    },
  });
  const wake = (): void => {
    const slot = sweepers.any();
    slot?.machine
      .run(() => slot.app(timerEvent, { getRemainingTimeInMillis: () => CALL_MS }))
      .catch((error: unknown) => note({ what: 'threw', machine: slot.machine.name, reason: String(error) }));
    time.after((pace.sweep / 2) * (1 + random.fraction()), wake);
  };
  if (keepers > 0) time.after(random.below(pace.sweep), wake);
}
