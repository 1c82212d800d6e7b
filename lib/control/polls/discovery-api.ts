import { type DurationMs, durationMs } from '../../base/brand.ts';
import type { PlainAnswer, PlainHandler, PlainRequest } from '../../base/plain-http.ts';
import { unreachable } from '../../base/unreachable.ts';
import { answerRefusal } from '../../delivery/answer.ts';
import { discoveryPaths, type DiscoveryType, discoveryType } from '../../delivery/discovery-types.ts';
import { MAX_DELTA_BYTES } from '../../delivery/read-delta-poll.ts';
import { MAX_POLL_BYTES } from '../../delivery/read-poll.ts';
import type { Log } from '../../ports/log.ts';
import { CorruptStore, StoreUnavailable } from '../../ports/store-errors.ts';
import { type AnswerDelta, MANY_TYPES } from './answer-delta.ts';
import type { AnswerPoll } from './answer-poll.ts';
import type { IdentifyPoll, Poller } from './identify-poll.ts';
import type { Metrics } from '../metrics.ts';

export interface DiscoveryPorts {
  readonly answerPoll: AnswerPoll;
  readonly answerDelta: AnswerDelta;
  readonly identifyPoll: IdentifyPoll;
  readonly log: Log;
  readonly metrics: Metrics;
}

const utf8 = new TextDecoder();
const PATH = /^\/v3\/(discovery|delta)(?::([^/]*))?$/;

/**
 * `POST /v3/discovery:<type>`, Envoy's REST transport, and `POST /v3/delta:<type>` and `POST /v3/delta`, which send changes only
 * (DLV-3). Errors are JSON and never 200 (DLV-10, PX-16).
 */
export function discoveryApi(ports: DiscoveryPorts): PlainHandler {
  return async (request) => {
    const target = targetOf(request.path);
    if (!target) return unknownType();
    if (request.method !== 'POST') return wrongMethod();
    const poller = await ports.identifyPoll(request);
    if (poller === 'refused') return notProven(ports, target);
    const body = await request.read(target.maxBytes);
    if (body === undefined) return tooLarge(ports, target);
    try {
      return await answer(ports, target, { text: utf8.decode(body), patience: patienceOf(request), poller });
    } catch (error) {
      return failed(ports, target, error);
    }
  };
}

/** What a path asks for. Only deltas may be asked for of many types at once. */
type Target =
  | { readonly form: 'discovery'; readonly type: DiscoveryType; readonly maxBytes: number }
  | { readonly form: 'delta'; readonly type: DiscoveryType | undefined; readonly maxBytes: number };

function targetOf(pathname: string): Target | undefined {
  const [, form, path] = PATH.exec(pathname) ?? [];
  const type = path === undefined ? undefined : discoveryType(decoded(path));
  if (form === 'discovery') return type && { form, type, maxBytes: MAX_POLL_BYTES };
  if (form !== 'delta' || (path !== undefined && !type)) return undefined;
  return { form, type, maxBytes: MAX_DELTA_BYTES };
}

interface ArrivedText {
  readonly text: string;
  readonly patience: DurationMs | undefined;
  readonly poller: Poller;
}

function answer(
  { answerPoll, answerDelta }: DiscoveryPorts,
  target: Target,
  arrived: ArrivedText,
): Promise<PlainAnswer> {
  switch (target.form) {
    case 'discovery':
      return answerPoll({ type: target.type, ...arrived });
    case 'delta':
      return answerDelta({ type: target.type, ...arrived });
    default:
      return unreachable(target);
  }
}

/** The same for whatever was brought along to prove it, so that nobody can find out by trying what would be believed. */
function notProven({ metrics }: DiscoveryPorts, { type }: Target): PlainAnswer {
  metrics.notePoll({ type: type?.path ?? MANY_TYPES, answer: 'refused', duration: durationMs(0) });
  return answerRefusal({ status: 401, code: 'UNAUTHENTICATED', message: 'who polls has to prove who it is' });
}

function tooLarge({ metrics }: DiscoveryPorts, { type, maxBytes }: Target): PlainAnswer {
  metrics.notePoll({ type: type?.path ?? MANY_TYPES, answer: 'refused', duration: durationMs(0) });
  const message = `a poll has at most ${maxBytes} bytes`;
  return answerRefusal({ status: 413, code: 'POLL_TOO_LARGE', message });
}

/** Whatever failed, the proxy keeps what it has and polls again; the cause is for the operator, not for the proxy. */
function failed({ log, metrics }: DiscoveryPorts, target: Target, error: unknown): PlainAnswer {
  const type = target.type?.path ?? MANY_TYPES;
  metrics.noteInternalError();
  if (error instanceof CorruptStore) metrics.noteCorruptStore(); // STO-11: an alarm of its own
  metrics.notePoll({ type, answer: 'failed', duration: durationMs(0) });
  log.error('poll-failed', { type, error, cause: error instanceof Error ? error.cause : undefined });
  return notServed(error);
}

/** The time after which Envoy gives an answer up; it says so in every request. */
function patienceOf({ header }: PlainRequest): DurationMs | undefined {
  const ms = Number(header('x-envoy-expected-rq-timeout-ms') ?? Number.NaN);
  return Number.isFinite(ms) && ms > 0 ? durationMs(ms) : undefined;
}

function notServed(error: unknown): PlainAnswer {
  const isAway = error instanceof StoreUnavailable;
  const code = isAway ? error.code : 'INTERNAL';
  const message = isAway ? 'the store is not available; poll again' : 'the poll could not be answered; poll again';
  return answerRefusal({ status: 503, code, message, retryAfterSeconds: 5 });
}

function unknownType(): PlainAnswer {
  const known = discoveryPaths.map((path) => `/v3/discovery:${path}`).join(', ');
  const message = `no such type; there are ${known}, the same as /v3/delta:..., and /v3/delta`;
  return answerRefusal({ status: 404, code: 'UNKNOWN_TYPE', message });
}

function wrongMethod(): PlainAnswer {
  const refusal = answerRefusal({ status: 405, code: 'METHOD_NOT_ALLOWED', message: 'polls are sent with POST' });
  return { ...refusal, headers: { ...refusal.headers, allow: 'POST' } };
}

/** A client may send the path's letters in percent-encoding; one that does it wrongly names no type. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
