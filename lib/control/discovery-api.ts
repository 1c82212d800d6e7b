import { type DurationMs, durationMs } from '../base/brand.ts';
import { answerRefusal } from '../delivery/answer.ts';
import { discoveryPaths, discoveryType } from '../delivery/discovery-types.ts';
import { MAX_POLL_BYTES } from '../delivery/read-poll.ts';
import type { Log } from '../ports/log.ts';
import { StoreUnavailable } from '../ports/store-errors.ts';
import type { AnswerPoll } from './answer-poll.ts';
import { limitedText } from './limited-body.ts';
import type { Metrics } from './metrics.ts';

/** What every HTTP part of the service is. */
export type HttpHandler = (request: Request) => Promise<Response>;

export interface DiscoveryPorts {
  readonly answerPoll: AnswerPoll;
  readonly log: Log;
  readonly metrics: Metrics;
}

const PATH = /^\/v3\/discovery:([^/]*)$/;

/** `POST /v3/discovery:<type>`: Envoy's REST transport. Errors are JSON and never 200 (DLV-10, PX-16). */
export function discoveryApi({ answerPoll, log, metrics }: DiscoveryPorts): HttpHandler {
  return async (request) => {
    const path = PATH.exec(new URL(request.url).pathname)?.[1];
    const type = path === undefined ? undefined : discoveryType(decoded(path));
    if (!type) return unknownType();
    if (request.method !== 'POST') return wrongMethod();
    const text = await limitedText(request, MAX_POLL_BYTES);
    if (text === undefined) {
      metrics.notePoll({ type: type.path, answer: 'refused', duration: durationMs(0) });
      const message = `a poll has at most ${MAX_POLL_BYTES} bytes`;
      return answerRefusal({ status: 413, code: 'POLL_TOO_LARGE', message });
    }
    try {
      return await answerPoll({ type, text, patience: patienceOf(request) });
    } catch (error) {
      // Whatever failed, Envoy keeps what it has and polls again; the cause is for the operator, not for the proxy.
      metrics.noteInternalError();
      metrics.notePoll({ type: type.path, answer: 'failed', duration: durationMs(0) });
      log.error('poll-failed', { type: type.path, error, cause: error instanceof Error ? error.cause : undefined });
      return notServed(error);
    }
  };
}

/** The time after which Envoy gives an answer up; it says so in every request. */
function patienceOf(request: Request): DurationMs | undefined {
  const ms = Number(request.headers.get('x-envoy-expected-rq-timeout-ms') ?? Number.NaN);
  return Number.isFinite(ms) && ms > 0 ? durationMs(ms) : undefined;
}

function notServed(error: unknown): Response {
  const isAway = error instanceof StoreUnavailable;
  const code = isAway ? error.code : 'INTERNAL';
  const message = isAway ? 'the store is not available; poll again' : 'the poll could not be answered; poll again';
  return answerRefusal({ status: 503, code, message, retryAfterSeconds: 5 });
}

function unknownType(): Response {
  const message = `no such type; there are ${discoveryPaths.map((known) => `/v3/discovery:${known}`).join(', ')}`;
  return answerRefusal({ status: 404, code: 'UNKNOWN_TYPE', message });
}

function wrongMethod(): Response {
  const response = answerRefusal({ status: 405, code: 'METHOD_NOT_ALLOWED', message: 'polls are sent with POST' });
  response.headers.set('allow', 'POST');
  return response;
}

/** A client may send the path's letters in percent-encoding; one that does it wrongly names no type. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
