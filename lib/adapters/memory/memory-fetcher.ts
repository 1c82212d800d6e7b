import type { Fetcher } from '../../ports/fetcher.ts';
import { type AllowedHost, guardedBy, type OutgoingRequest } from '../fetch-guard.ts';

export interface MemoryAnswer {
  /** 200 without it. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
}

export interface MemoryNetwork {
  readonly allowed?: readonly AllowedHost[];
  /** The name service; without it every name has one public address. */
  readonly resolve?: (hostname: string) => readonly string[];
  /** Undefined is a host that does not answer at all. */
  readonly answer: (request: OutgoingRequest) => MemoryAnswer | undefined | Promise<MemoryAnswer | undefined>;
}

/** A network that a test makes up, under the rules of the port. */
export function memoryFetcher({ allowed = [], resolve = () => ['93.184.215.14'], answer }: MemoryNetwork): Fetcher {
  const transport = {
    resolve: async (hostname: string) => resolve(hostname),
    async send(request: OutgoingRequest) {
      const given = await answer(request);
      if (!given) throw new Error('connection refused');
      const { status = 200, headers = {}, body = '' } = given;
      const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
      return { status, headers: new Map(lower), body: chunksOf(body), close: () => undefined };
    },
  };
  return guardedBy(transport, allowed);
}

async function* chunksOf(body: string | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (typeof body === 'string') yield new TextEncoder().encode(body);
  else yield* body;
}
