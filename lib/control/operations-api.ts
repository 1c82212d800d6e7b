import type { Clock } from '../ports/clock.ts';
import type { Records } from '../ports/records.ts';
import type { HttpHandler } from './discovery-api.ts';
import { jsonResponse } from './json-response.ts';
import type { Metrics } from './metrics.ts';
import { printPushStatus } from './push-status.ts';
import type { ReadPushStatus } from './read-push-status.ts';

export interface OperationsPorts {
  readonly records: Pick<Records, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly readPushStatus: ReadPushStatus;
  /** False from the moment on when the process goes away, so that nobody sends it anything new. */
  readonly isServing: () => boolean;
}

/**
 * `/healthz`: the process answers. `/readyz`: it can serve, that is, the store answers. `/metrics`: for Prometheus.
 * `/debug/push_status`: the problems behind its gauges (PS-8).
 */
export function operationsApi(ports: OperationsPorts): HttpHandler {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return jsonResponse(405, { code: 'METHOD_NOT_ALLOWED', message: 'use GET' });
    }
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case '/healthz':
        return jsonResponse(200, { status: 'ok' });
      case '/readyz':
        return readiness(ports);
      case '/metrics': {
        ports.metrics.noteProblems((await ports.readPushStatus()) ?? {});
        const { contentType, text } = await ports.metrics.print();
        return new Response(text, { headers: { 'content-type': contentType } });
      }
      case '/debug/push_status': {
        const text = printPushStatus(await ports.readPushStatus());
        return new Response(text, { headers: { 'content-type': 'application/json' } });
      }
      default:
        return jsonResponse(404, { code: 'NOT_FOUND', message: `nothing is at ${pathname}` });
    }
  };
}

async function readiness({ records, isServing }: OperationsPorts): Promise<Response> {
  if (!isServing()) return jsonResponse(503, { status: 'draining' });
  try {
    await records.get({ partition: 'config', id: 'head' });
    return jsonResponse(200, { status: 'ready' });
  } catch (error) {
    // Said to whoever asks, and to nobody else: the next question may find the store well again.
    const reason = error instanceof Error ? error.message : String(error);
    return jsonResponse(503, { status: 'not ready', reason });
  }
}
