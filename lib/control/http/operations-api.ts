import type { Clock } from '../../ports/clock.ts';
import type { Records } from '../../ports/records.ts';
import { CorruptStore, StoreUnavailable } from '../../ports/store-errors.ts';
import type { HttpHandler } from './http-handler.ts';
import { jsonResponse } from './json-response.ts';
import { secretHealth } from '../status/secret-validity.ts';
import type { ConfigSource } from '../build/worlds.ts';
import type { PieceMemory } from '../build/piece-memory.ts';
import type { HealthCheck } from '../lead/leader-health.ts';
import type { Metrics } from '../metrics.ts';
import { HEAD_KEY } from '../revisions/head.ts';
import { printPushStatus } from '../status/push-status.ts';
import type { ReadPushStatus } from '../status/read-push-status.ts';

export interface OperationsPorts {
  readonly records: Pick<Records, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly readPushStatus: ReadPushStatus;
  readonly config: Pick<ConfigSource, 'readNewest'>;
  /** False from the moment on when the process goes away, so that nobody sends it anything new. */
  readonly isServing: () => boolean;
  /** What `/healthz` asks beside whether the process answers. */
  readonly checks: readonly HealthCheck[];
  readonly cacheCounts: PieceMemory['cacheCounts'];
}

/**
 * `/healthz`: the process answers, and leads only what it can keep (LE-22). `/readyz`: it can serve, that is, the store answers.
 * `/metrics`: for Prometheus. `/debug/push_status`: the problems behind its gauges (PS-8).
 */
export function operationsApi(ports: OperationsPorts): HttpHandler {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return jsonResponse(405, { code: 'METHOD_NOT_ALLOWED', message: 'use GET' });
    }
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case '/healthz':
        return health(ports);
      case '/readyz':
        return readiness(ports);
      case '/metrics': {
        await noteProblems(ports);
        await noteSecrets(ports);
        ports.metrics.noteCache(ports.cacheCounts());
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

/** With the store away these gauges stay as they were: the other series are wanted most then. */
async function noteProblems({ metrics, readPushStatus }: OperationsPorts): Promise<void> {
  try {
    metrics.noteProblems((await readPushStatus()) ?? {});
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}

/** By the clock of this moment: certificates expire without anybody changing anything. Damage is counted where work meets it. */
async function noteSecrets({ metrics, config, clock }: OperationsPorts): Promise<void> {
  try {
    metrics.noteSecrets(secretHealth((await config.readNewest()).resources, clock.now()));
  } catch (error) {
    if (!(error instanceof StoreUnavailable) && !(error instanceof CorruptStore)) throw error;
  }
}

function health({ checks }: OperationsPorts): Response {
  const failed = checks.flatMap(({ name, check }) => {
    const reason = check();
    return reason === undefined ? [] : [{ name, reason }];
  });
  return failed.length === 0 ? jsonResponse(200, { status: 'ok' }) : jsonResponse(503, { status: 'unhealthy', failed });
}

async function readiness({ records, isServing }: OperationsPorts): Promise<Response> {
  if (!isServing()) return jsonResponse(503, { status: 'draining' });
  try {
    await records.get(HEAD_KEY);
    return jsonResponse(200, { status: 'ready' });
  } catch (error) {
    // Said to whoever asks, and to nobody else: the next question may find the store well again.
    const reason = error instanceof Error ? error.message : String(error);
    return jsonResponse(503, { status: 'not ready', reason });
  }
}
