import { setTimeout as sleep } from 'node:timers/promises';
import { CliFailure } from './cli-failure.ts';
import type { GlobalOptions } from './global-options.ts';

export interface ApiAnswer {
  readonly status: number;
  /** The JSON of the body; `undefined` when it is none. */
  readonly body: unknown;
  /** What the service warns of, beside the answer. */
  readonly warnings: readonly string[];
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiClient {
  /** The answer, whatever its status; fails with the code for "not reached" when there is none. */
  ask(path: string, request?: ApiRequest): Promise<ApiAnswer>;
  /** The JSON of each line of an answer as it comes, until the answer ends or breaks off; fails as `ask` does before it begins. */
  lines(path: string, request?: ApiRequest): AsyncGenerator<unknown, void>;
}

/** Statuses that say "not now": the same request may succeed a moment later. */
const notNow = new Set([429, 502, 503, 504]);

/** Waits before a request is repeated, in ms: about three seconds in all, a store's usual hiccup. */
const pausesMs = [200, 800, 2_000] as const;

export function apiClient({ server, token }: Pick<GlobalOptions, 'server' | 'token'>): ApiClient {
  if (!URL.canParse(server)) throw new CliFailure('usage', `--server ${server} is no URL`);
  const send = async (path: string, { method = 'GET', query = {}, body, headers = {} }: ApiRequest) => {
    const url = new URL(path, server);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const authorization = token ? { authorization: `Bearer ${token}` } : {};
    return fetch(url, {
      method,
      headers: { accept: 'application/json', ...authorization, ...headers },
      ...(body !== undefined && { body }),
    });
  };
  return {
    async ask(path, request = {}) {
      for (const pauseMs of [...pausesMs, undefined]) {
        try {
          const answer = await answerOf(await send(path, request));
          if (!notNow.has(answer.status) || pauseMs === undefined) return reached(answer, server);
        } catch (error) {
          // Only a request that may be sent twice is repeated after a connection that broke half way.
          if (pauseMs === undefined || wasRefused(error) || !isRepeatable(request)) throw notReached(server, error);
        }
        await sleep(pauseMs);
      }
      throw notReached(server, undefined);
    },
    async *lines(path, request = {}) {
      const response = await send(path, request).catch((error: unknown) => {
        throw notReached(server, error);
      });
      if (response.ok && response.body) yield* jsonLines(response.body);
      else accepted(reached(await answerOf(response), server));
    },
  };
}

async function* jsonLines(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown, void> {
  const decoder = new TextDecoder();
  let begun = '';
  try {
    for await (const piece of body) {
      const lines = (begun + decoder.decode(piece, { stream: true })).split('\n');
      begun = lines.pop() ?? '';
      for (const line of lines) yield parsed(line);
    }
  } catch (error) {
    // A connection that broke, or on which nothing came for long: whoever follows asks again.
    if (!(error instanceof TypeError)) throw error;
  }
}

async function answerOf(response: Response): Promise<ApiAnswer> {
  const text = await response.text();
  const warnings = [...(response.headers.get('warning') ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)];
  return { status: response.status, body: parsed(text), warnings: warnings.map(([, said = '']) => said) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Whoever answered is no service of ours; the status says what there is to say.
    return undefined;
  }
}

/** A service that answers "not now" to the end was not reached in any sense that helps. */
function reached(answer: ApiAnswer, server: string): ApiAnswer {
  if (!notNow.has(answer.status)) return answer;
  throw new CliFailure('unreachable', `${server} is not available: ${messageOf(answer)}`);
}

function notReached(server: string, error: unknown): CliFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : '';
  return new CliFailure('unreachable', `${server} could not be reached: ${reason}; is the service running?`, error);
}

function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNREFUSED' || cause.code === 'ENOTFOUND');
}

const isRepeatable = ({ method = 'GET', headers = {} }: ApiRequest): boolean =>
  method === 'GET' || 'idempotency-key' in headers;

/** What an error answer says, whichever of the two forms of errors it has. */
function messageOf({ status, body }: ApiAnswer): string {
  const message = (body as { readonly message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : `HTTP ${status}`;
}

/** Fails with what the service said unless it agreed. */
export function accepted(answer: ApiAnswer): ApiAnswer {
  if (answer.status < 400) return answer;
  throw new CliFailure('refused', messageOf(answer));
}
