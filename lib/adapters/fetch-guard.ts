import { classOfAddress } from '../base/address-class.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import { FetchFailed, type FetchedDocument, type Fetcher, type FetchRequest, MAX_REDIRECTS } from '../ports/fetcher.ts';

/** A host that may be asked although it is of this network: `idp.corp`, `http://idp.corp:8080`, `10.1.2.3`. */
export interface AllowedHost {
  /** As URLs spell it: lower case, IPv6 in brackets. */
  readonly hostname: string;
  /** Absent allows every port. */
  readonly port?: number;
  readonly allowsHttp: boolean;
}

/** What a guard asks the network for; an adapter decides nothing. */
export interface Transport {
  /** All addresses of a name; throws for a name that has none. */
  resolve(hostname: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Sends one request to one of these addresses and no other; redirects come back as answers. */
  send(request: OutgoingRequest, signal: AbortSignal): Promise<IncomingAnswer>;
}

export interface OutgoingRequest extends Pick<FetchRequest, 'body'> {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly addresses: readonly string[];
}

export interface IncomingAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the exchange, whatever of the body was read. */
  close(): void;
}

/** Throws an Error with the remedy for a text that names no host. */
export function allowedHost(text: string): AllowedHost {
  const isHttp = text.startsWith('http://');
  const plain = isHttp ? text.slice('http://'.length) : text;
  const written = /^(?<host>\[[^\]/]+\]|[^\s:/@?#]+)(?::(?<port>\d{1,5}))?\/?$/.exec(plain)?.groups;
  const parsed = URL.parse(`http://${written?.['host'] ?? ''}/`);
  if (!written?.['host'] || !parsed) {
    throw new Error(`${text} names no host that may be asked; write idp.corp, 10.1.2.3:8443, or http://idp.corp:8080`);
  }
  const port = written['port'] === undefined ? {} : { port: Number(written['port']) };
  return { hostname: parsed.hostname, ...port, allowsHttp: isHttp };
}

/** Several of them with commas between; throws as `allowedHost` does. */
export const allowedHosts = (list: string): readonly AllowedHost[] =>
  list
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '')
    .map(allowedHost);

/** The rules of the port over any transport. */
export function guardedBy(transport: Transport, allowed: readonly AllowedHost[]): Fetcher {
  return {
    async fetch(request) {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), request.timeout);
      const late = aborted(deadline.signal, `${request.url} did not answer within ${request.timeout} ms`);
      try {
        return await Promise.race([follow({ transport, allowed, signal: deadline.signal }, request), late]);
      } finally {
        clearTimeout(timer);
        deadline.abort();
      }
    },
  };
}

interface Guard {
  readonly transport: Transport;
  readonly allowed: readonly AllowedHost[];
  readonly signal: AbortSignal;
}

function aborted(signal: AbortSignal, message: string): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new FetchFailed('TimedOut', message)), { once: true });
  });
}

async function follow(guard: Guard, request: FetchRequest): Promise<FetchedDocument> {
  let url = targetOf(request.url);
  let headers = request.headers ?? {};
  for (let redirects = 0; ; redirects += 1) {
    const addresses = await checkedAddresses(guard, url);
    const { method = 'GET' } = request;
    const body = request.body === undefined ? {} : { body: request.body };
    const outgoing = { url, method, headers, addresses, ...body };
    const answer = await guard.transport.send(outgoing, guard.signal).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    try {
      const next = method === 'GET' ? redirectOf(answer, url) : undefined;
      if (!next) return { ...(await whole(answer, { url, limit: request.maxBytes })), url: url.href };
      if (redirects === MAX_REDIRECTS) {
        throw new FetchFailed('TooManyRedirects', `${request.url} redirects more than ${MAX_REDIRECTS} times`);
      }
      if (next.origin !== url.origin) headers = {};
      url = next;
    } finally {
      answer.close();
    }
  }
}

function targetOf(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (!url) throw new FetchFailed('BadUrl', `${text} is no URL; write https://host/path`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new FetchFailed('BadUrl', `${text} is neither https nor http`);
  }
  if (url.username !== '' || url.password !== '')
    throw new FetchFailed('BadUrl', `${url.host}: a URL with a user in it`);
  url.hash = '';
  return url;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function redirectOf({ status, headers }: IncomingAnswer, url: URL): URL | undefined {
  const location = headers.get('location');
  return REDIRECTS.has(status) && location !== undefined ? targetOf(location, url) : undefined;
}

/** The addresses that a request to this URL may go to; at least one. */
async function checkedAddresses({ transport, allowed, signal }: Guard, url: URL): Promise<readonly string[]> {
  const mine = allowed.filter((host) => host.hostname === url.hostname && isPort(host, url));
  if (url.protocol === 'http:' && !mine.some(({ allowsHttp }) => allowsHttp)) {
    throw new FetchFailed('Forbidden', `${url.origin} is plain http; use https, or allow http://${url.host} by name`);
  }
  const literal = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isLiteral = parseIpAddress(literal) !== undefined;
  const addresses = isLiteral ? [literal] : await resolved(transport, url, signal);
  const open = addresses.filter((address) => {
    const found = classOfAddress(address);
    return found === 'public' || (mine.length > 0 && (found === 'private' || (found === 'special' && isLiteral)));
  });
  if (open.length > 0) return open;
  const which = isLiteral ? literal : `${url.hostname} (${addresses.join(', ')})`;
  throw new FetchFailed(
    'Forbidden',
    `${which} is a private, link-local or metadata address, which is not asked unless it is allowed by name`,
  );
}

const isPort = ({ port }: AllowedHost, url: URL): boolean => port === undefined || port === portOf(url);

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

async function resolved(transport: Transport, url: URL, signal: AbortSignal): Promise<readonly string[]> {
  const addresses = await transport.resolve(url.hostname, signal).catch((error: unknown) => {
    throw unreachable(url, error);
  });
  if (addresses.length > 0) return addresses;
  throw new FetchFailed('Unreachable', `${url.hostname} has no address`);
}

async function whole(
  answer: IncomingAnswer,
  { url, limit }: { readonly url: URL; readonly limit: number },
): Promise<Omit<FetchedDocument, 'url'>> {
  const { status, headers } = answer;
  const tooLarge = (): FetchFailed =>
    new FetchFailed('TooLarge', `the answer of ${url.host} is larger than ${limit} bytes`);
  if (Number(headers.get('content-length') ?? 0) > limit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let read = 0;
  try {
    for await (const chunk of answer.body) {
      read += chunk.byteLength;
      if (read > limit) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw unreachable(url, error);
  }
  return { status, headers, body: joined(chunks, read) };
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const body = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}

function unreachable(url: URL, error: unknown): FetchFailed {
  if (error instanceof FetchFailed) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const said = code ?? (error instanceof Error ? error.message : String(error));
  return new FetchFailed('Unreachable', `${url.origin} cannot be read: ${said}`, error);
}
