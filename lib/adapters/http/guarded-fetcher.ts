import { lookup as lookUp } from 'node:dns/promises';
import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import type { Fetcher } from '../../ports/fetcher.ts';
import {
  type AllowedHost,
  guardedBy,
  type IncomingAnswer,
  type OutgoingRequest,
  type Transport,
} from '../fetch-guard.ts';

export interface GuardedFetcherOptions {
  /** Hosts of this network that may be asked all the same. */
  readonly allowed: readonly AllowedHost[];
  /** Authorities that are believed beside those of the system, in PEM. */
  readonly authorities?: string;
  /** The name service; the system's, unless a test says otherwise. */
  readonly resolve?: Transport['resolve'];
}

/** Reads from the network, as the port demands it. A connection for each request: none is found again whose address was not checked. */
export function guardedFetcher({ allowed, authorities, resolve = systemResolve }: GuardedFetcherOptions): Fetcher {
  const believed = authorities === undefined ? {} : { ca: [...getCACertificates('default'), authorities] };
  return guardedBy({ resolve, send: (request, signal) => send({ ...request, believed }, signal) }, allowed);
}

async function systemResolve(hostname: string): Promise<readonly string[]> {
  const found = await lookUp(hostname, { all: true });
  return found.map(({ address }) => address);
}

interface Sent extends OutgoingRequest {
  readonly believed: { readonly ca?: readonly string[] };
}

function send({ url, method, headers, body, addresses, believed }: Sent, signal: AbortSignal): Promise<IncomingAnswer> {
  const options: RequestOptions = {
    method,
    signal,
    agent: false,
    lookup: answering(addresses),
    headers: { 'user-agent': 'pilotless', 'accept-encoding': 'identity', ...headers },
  };
  const tls = { ...options, ...(believed.ca && { ca: [...believed.ca] }) };
  return new Promise((resolve, reject) => {
    const onAnswer = (message: IncomingMessage): void => resolve(answerOf(message));
    const request = url.protocol === 'https:' ? httpsRequest(url, tls, onAnswer) : httpRequest(url, options, onAnswer);
    request.on('error', reject);
    request.end(body);
  });
}

function answerOf(message: IncomingMessage): IncomingAnswer {
  const headers = new Map(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  // What breaks while nobody reads is told to who reads, or to no one.
  message.on('error', () => undefined);
  return { status: message.statusCode ?? 0, headers, body: message, close: () => void message.destroy() };
}

/** Says these addresses, whatever it is asked: they are those that were checked. */
function answering(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_hostname, options, callback) => {
    if (options.all === true) return callback(null, [...all]);
    const [first] = all;
    callback(null, first?.address ?? '', first?.family);
  };
}
