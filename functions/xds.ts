import type { DeliveryService } from '../lib/control/delivery-service.ts';
import { type Cloud, cloud, cloudDelivery } from './cloud.ts';
import { type HttpFunction, httpFunction } from './http-function.ts';

export interface XdsParts extends Pick<Cloud, 'log'> {
  readonly delivery: Pick<DeliveryService, 'discovery' | 'operations' | 'flush'>;
}

/** Answers one poll: `POST /v3/discovery:*`, and `GET /healthz`, `/readyz`, `/metrics` of this instance. */
export function xdsFunction({ delivery, log }: XdsParts): HttpFunction {
  return httpFunction(
    async (request) => {
      const isPoll = new URL(request.url).pathname.startsWith('/v3/');
      const response = await (isPoll ? delivery.discovery(request) : delivery.operations(request));
      // Nothing runs after the answer is given: the process is frozen. A poll that changed nothing writes nothing.
      await delivery.flush().catch((error: unknown) => log.warn('flush-failed', { error }));
      return response;
    },
    (error) => log.error('request-failed', { error }),
  );
}

let made: HttpFunction | undefined;

export const handler: HttpFunction = (event, context) => {
  made ??= xdsFunction({ delivery: cloudDelivery(cloud()), log: cloud().log });
  return made(event, context);
};
