import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpSecurityHeaders from '@middy/http-security-headers';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { requestFrom, resultFrom } from '../lib/adapters/aws/http-event.ts';
import type { HttpHandler } from '../lib/control/discovery-api.ts';

/** What stands behind a function URL or an HTTP API: takes its events, gives its results. */
export type HttpFunction = (
  event: APIGatewayProxyEventV2,
  context: object,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** What a caller learns of an unexpected failure; never 200, because an Envoy would take that for an empty snapshot (DLV-10). */
const FAILED = JSON.stringify({ code: 'INTERNAL', message: 'the request could not be answered' });

/** A fetch-style handler as a Lambda handler. */
export function httpFunction(handler: HttpHandler, onError: (error: unknown) => void): HttpFunction {
  const wrapped = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(httpHeaderNormalizer())
    .use(httpSecurityHeaders())
    .use(httpErrorHandler({ logger: onError, fallbackMessage: FAILED }))
    .handler(async (event) => resultFrom(await handler(requestFrom(event))));
  return wrapped as unknown as HttpFunction;
}
