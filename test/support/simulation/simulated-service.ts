import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Registry } from 'prom-client';
import { type HttpFunction, httpFunction } from '../../../functions/http-function.ts';
import { publishFunction, type PublishEvent } from '../../../functions/publish.ts';
import { xdsFunction } from '../../../functions/xds.ts';
import { localConfigApi } from '../../../lib/control/config/config-api.ts';
import { configSource } from '../../../lib/control/build/config-source.ts';
import { type DeliveryService, deliveryService } from '../../../lib/control/delivery-service.ts';
import { metrics } from '../../../lib/control/metrics.ts';
import { HEAD_KEY } from '../../../lib/control/revisions/head.ts';
import type { Log } from '../../../lib/ports/log.ts';
import { httpEvent, type HttpEventSettings, streamEvent, timerEvent } from '../lambda-events.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Happening } from './history.ts';
import { type Machine, MachineDied } from './machine.ts';
import { pool, type Pool, type Slot } from './pool.ts';
import type { Store } from './recorded-store.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The functions of the cloud, each in several processes, and what stands between them and the outside. */
export interface SimulatedService {
  config(request: HttpEventSettings): Promise<HttpAnswer>;
  poll(request: HttpEventSettings): Promise<HttpAnswer>;
  /** Tells the builders of a change, as the table's stream does: late, out of order, more than once, or not at all. */
  announce(): void;
}

export interface HttpAnswer {
  /** 502 when the process died, 504 when nothing came in time. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly machine: string;
}

export interface ServicePorts {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly note: (happening: Happening) => void;
  /** The store as a machine reaches it. */
  readonly storeOf: (machine: Machine) => Store;
}

export interface ServiceSize {
  readonly configs: number;
  readonly builders: number;
  readonly discoveries: number;
}

const PATIENCE_MS = 15_000;
const LATENCY_MS = 30;
/** EventBridge wakes the builder once a minute, for what a lost event left behind. */
const TIMER_MS = 60_000;

export function simulatedService(ports: ServicePorts, size: ServiceSize): SimulatedService {
  const shared = { log: silent, metrics: metrics(new Registry(), 'simulated') };
  const delivery = (machine: Machine): DeliveryService => {
    const own = { ...ports.storeOf(machine), clock: machine.clock, log: silent };
    return deliveryService({
      ...own,
      metrics: shared.metrics,
      config: configSource(own),
      holder: machine.name,
      hearsAllPolls: false,
      isServing: () => true,
    });
  };
  const configs = pool(ports, {
    kind: 'config',
    size: size.configs,
    start: (machine) => configFunction(ports, machine),
  });
  const discoveries = pool(ports, {
    kind: 'xds',
    size: size.discoveries,
    start: (machine) => xdsFunction({ delivery: delivery(machine), log: silent }),
  });
  const builders = pool(ports, {
    kind: 'builder',
    size: size.builders,
    start: (machine) => publishFunction({ delivery: delivery(machine), log: silent }),
  });
  const announce = announcer(ports, builders);
  return {
    config: (request) => ask(ports, configs.any(), request),
    poll: (request) => ask(ports, discoveries.any(), request),
    announce,
  };
}

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function configFunction({ storeOf, note }: ServicePorts, machine: Machine): HttpFunction {
  let ids = 0;
  const api = localConfigApi({
    ...storeOf(machine),
    clock: machine.clock,
    log: {
      ...silent,
      error: (_event, { error } = {}) => note({ what: 'threw', machine: machine.name, reason: String(error) }),
    },
    ids: () => `${machine.name}-${(ids += 1)}`,
  });
  return httpFunction(
    async (request) => api.fetch(request),
    () => undefined,
  );
}

/** One request over the network; whoever asks waits no longer than its patience, while the process may go on. */
function ask(
  { time, random }: ServicePorts,
  slot: Slot<HttpFunction> | undefined,
  request: HttpEventSettings,
): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const answer = (status: number, rest: Partial<HttpAnswer> = {}): void =>
      resolve({ status, headers: {}, body: '', machine: slot?.machine.name ?? 'nobody', ...rest });
    time.after(PATIENCE_MS, () => answer(504));
    if (slot === undefined) return time.after(random.below(LATENCY_MS), () => answer(502));
    const { machine, app } = slot;
    time.after(random.below(LATENCY_MS), () => {
      machine
        .run(() => app(httpEvent(request), {}))
        .then(
          (result) => time.after(random.below(LATENCY_MS), () => answer(...read(result))),
          () => answer(502),
        );
    });
  });
}

function read(result: APIGatewayProxyStructuredResultV2): [number, Partial<HttpAnswer>] {
  const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const body = Buffer.from(result.body ?? '', result.isBase64Encoded === true ? 'base64' : 'utf8').toString();
  return [result.statusCode ?? 500, { headers: Object.fromEntries(headers) as Record<string, string>, body }];
}

const LONGEST_DELIVERY_MS = 5_000;
const LONGEST_REDELIVERY_MS = 3_000;

type Build = (event: PublishEvent) => Promise<void>;

/** The way of events to the builders. One that was not taken is delivered again, as a stream does it. */
function announcer({ time, random, note }: ServicePorts, builders: Pool<Build>): () => void {
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
    time.after(TIMER_MS, wake);
  };
  time.after(random.below(TIMER_MS), wake);
  return () => {
    const luck = random.fraction();
    const copies = luck < 0.1 ? 0 : luck < 0.75 ? 1 : 2;
    for (let copy = 0; copy < copies; copy += 1)
      time.after(random.below(LONGEST_DELIVERY_MS), () => deliver(streamEvent(HEAD_KEY)));
  };
}
