import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { openGate } from '../../../lib/control/http/gate.ts';
import { Registry } from 'prom-client';
import { type HttpFunction, httpFunction } from '../../../functions/http-function.ts';
import { publishFunction } from '../../../functions/publish.ts';
import { xdsFunction } from '../../../functions/xds.ts';
import { localConfigApi } from '../../../lib/control/config/config-api.ts';
import { configSource } from '../../../lib/control/build/config-source.ts';
import { type DeliveryService, deliveryService } from '../../../lib/control/delivery-service.ts';
import { metrics } from '../../../lib/control/metrics.ts';
import type { Log } from '../../../lib/ports/log.ts';
import { memorySecretBox } from '../../../lib/adapters/memory/memory-secret-box.ts';
import { httpEvent, type HttpEventSettings } from '../lambda-events.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Happening } from './history.ts';
import { announcer } from './announcer.ts';
import { ask, type GivenAnswer, type HttpAnswer } from './ask.ts';
import type { Machine } from './machine.ts';
import { sealWithAll } from './mesh-states.ts';
import { pool } from './pool.ts';
import type { Store } from './recorded-store.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The functions of the cloud, each in several processes, and what stands between them and the outside. */
export interface SimulatedService {
  config(request: HttpEventSettings): Promise<HttpAnswer>;
  poll(request: HttpEventSettings): Promise<HttpAnswer>;
  /** Tells the builders of a change, as the table's stream does: late, out of order, more than once, or not at all. */
  announce(): void;
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

/** The simulated documents have none. */
const SECRETS = { secrets: memorySecretBox(), believesNodes: false };

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
      ...SECRETS,
      isServing: () => true,
      sealView: sealWithAll,
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
    start: (machine) => xdsFunction({ delivery: delivery(machine), gate: openGate, log: silent }),
  });
  const builders = pool(ports, {
    kind: 'builder',
    size: size.builders,
    start: (machine) => publishFunction({ delivery: delivery(machine), log: silent }),
  });
  const announce = announcer(ports, builders);
  return {
    config: (request) => ask(ports, configs.any(), async (app) => call(app, request)),
    poll: (request) => ask(ports, discoveries.any(), async (app) => call(app, request)),
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
    secrets: memorySecretBox(),
  });
  return httpFunction(
    async (request) => api.fetch(request),
    () => undefined,
  );
}

/** One call of a function, and what the front door makes of it. */
async function call(app: HttpFunction, request: HttpEventSettings): Promise<GivenAnswer> {
  return read(await app(httpEvent(request), {}));
}

function read(result: APIGatewayProxyStructuredResultV2): GivenAnswer {
  const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const body = Buffer.from(result.body ?? '', result.isBase64Encoded === true ? 'base64' : 'utf8').toString();
  return { status: result.statusCode ?? 500, headers: Object.fromEntries(headers) as Record<string, string>, body };
}
