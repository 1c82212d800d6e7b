import { compressing } from '../lib/adapters/http/compress.ts';
import type { Gate } from '../lib/control/http/gate.ts';
import type { DeliveryService } from '../lib/control/delivery-service.ts';
import type { SentHandler } from '../lib/control/http/http-handler.ts';
import { type Cloud, cloud, cloudDelivery, cloudIdentity } from './cloud.ts';
import { type HttpFunction, httpFunction, streamingHttpFunction } from './http-function.ts';

export interface XdsParts extends Pick<Cloud, 'log'> {
  readonly delivery: Pick<DeliveryService, 'discovery' | 'operations' | 'flush'>;
  readonly gate: Gate;
}

/** Answers one poll: `POST /v3/discovery:*`, `/v3/delta*`, and `GET /healthz`, `/readyz`, `/metrics` of this instance. */
export function xdsFunction(parts: XdsParts): HttpFunction {
  return httpFunction(answering(parts), (error) => parts.log.error('request-failed', { error }));
}

/** The same with streamed answers. Its parts are made when the first poll comes. */
export function streamingXdsFunction(partsOf: () => XdsParts): unknown {
  let answer: SentHandler | undefined;
  return streamingHttpFunction(
    (request, sender) => (answer ??= answering(partsOf()))(request, sender),
    (error) => partsOf().log.error('request-failed', { error }),
  );
}

function answering({ delivery, gate, log }: XdsParts): SentHandler {
  const discovery = compressing(delivery.discovery);
  const operations = gate(delivery.operations);
  return async (request, sender) => {
    const isPoll = new URL(request.url).pathname.startsWith('/v3/');
    const response = await (isPoll ? discovery(request, sender) : operations(request, sender));
    // Nothing runs after the answer is given: the process is frozen. A poll that changed nothing writes nothing.
    await delivery.flush().catch((error: unknown) => log.warn('flush-failed', { error }));
    return response;
  };
}

let made: HttpFunction | undefined;
let parts: XdsParts | undefined;
const partsOnce = (): XdsParts =>
  (parts ??= { delivery: cloudDelivery(cloud()), gate: cloudIdentity(cloud()).gate, log: cloud().log });

/** For a front door that holds answers, such as an HTTP API: at most 6 MB. */
export const handler: HttpFunction = (event, context) => {
  made ??= xdsFunction(partsOnce());
  return made(event, context);
};

/** For a function URL in the mode RESPONSE_STREAM. Lambda looks for its mark when it loads the file, so it is made at once. */
export const streamingHandler: unknown = canStream() ? streamingXdsFunction(partsOnce) : undefined;

/** Whether this is Lambda; the AWS SDK leaves an empty `awslambda` elsewhere. */
function canStream(): boolean {
  const { awslambda } = globalThis as { readonly awslambda?: { readonly streamifyResponse?: unknown } };
  return typeof awslambda?.streamifyResponse === 'function';
}
