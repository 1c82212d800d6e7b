import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import httpErrorHandler from '@middy/http-error-handler';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpSecurityHeaders from '@middy/http-security-headers';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { requestFrom, resultFrom, senderFrom, streamedResultFrom } from '../lib/adapters/aws/http-event.ts';
import type { SentHandler } from '../lib/control/http/http-handler.ts';

/** What stands behind a function URL or an HTTP API: takes its events, gives its results. */
export type HttpFunction = (
  event: APIGatewayProxyEventV2,
  context: object,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** What a caller learns of an unexpected failure; never 200, because an Envoy would take that for an empty snapshot (DLV-10). */
const FAILED = JSON.stringify({ code: 'INTERNAL', message: 'the request could not be answered' });

/** A fetch-style handler as a Lambda handler. */
export function httpFunction(handler: SentHandler, onError: (error: unknown) => void): HttpFunction {
  const wrapped = guarded({}, onError).handler(async (event) =>
    resultFrom(await handler(requestFrom(event), senderFrom(event))),
  );
  return wrapped as unknown as HttpFunction;
}

/**
 * The same, for a function URL whose answers are streamed: they may be longer than the 6 MB that Lambda holds (DLV-4). Can only be made
 * where Lambda's own `awslambda` is.
 */
export function streamingHttpFunction(handler: SentHandler, onError: (error: unknown) => void): unknown {
  return guarded({ executionMode: executionModeStreamifyResponse }, onError).handler(
    async (event) =>
      streamedResultFrom(await handler(requestFrom(event), senderFrom(event))) as APIGatewayProxyStructuredResultV2,
  );
}

function guarded(options: middy.PluginObject, onError: (error: unknown) => void) {
  return (
    middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(options)
      .use(httpHeaderNormalizer())
      // The page of the console, which alone has scripts, says itself what it may load. Of the other policy browsers complain
      // that it names what they do not know, and the page uses nothing that it could forbid.
      .use(httpSecurityHeaders({ contentSecurityPolicy: false, permissionsPolicy: false }))
      .use(httpErrorHandler({ logger: onError, fallbackMessage: FAILED }))
  );
}
