import type { HttpHandler } from './http-handler.ts';
import { jsonResponse } from './json-response.ts';

/** What anyone may know of the service as a whole. */
export interface ServiceSummary {
  /** The release that answers. */
  readonly version: string;
  /** How proxies and writers prove who they are; `none` believes whoever reaches the address (IDN-2). */
  readonly identity: 'none' | 'proven';
}

/** `GET /v1/service`. */
export function serviceApi(summary: ServiceSummary): HttpHandler {
  return async ({ method }) =>
    method === 'GET'
      ? jsonResponse(200, summary)
      : jsonResponse(405, { code: 'METHOD_NOT_ALLOWED', message: 'use GET' });
}
