import type { DurationMs } from '../base/brand.ts';

export interface FetchRequest {
  /** Absolute. Its host may be a name or an address, in any of the spellings that URLs know. */
  readonly url: string;
  /** `GET` without it. */
  readonly method?: 'GET' | 'POST';
  /** Sent to the host of the URL only: a redirect to another origin loses them all. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a `POST`. */
  readonly body?: string;
  /** For all of it: name lookups, connections, redirects, the last byte of the body. */
  readonly timeout: DurationMs;
  /** The largest body that is read, in bytes. */
  readonly maxBytes: number;
}

export interface FetchedDocument {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** Where it was in the end, after redirects. */
  readonly url: string;
}

/** How often a `GET` is sent elsewhere. */
export const MAX_REDIRECTS = 3;

/**
 * Reads documents that others publish, for addresses that people have written into their objects. Contract:
 * - Any status is an answer, but for redirects: those of a `GET` are followed, MAX_REDIRECTS of them; a `POST` is never sent twice.
 * - Only `https`, from authorities that are believed; `http` only to hosts that are allowed it by name. No user in the URL.
 * - Never to a private, loopback, link-local or metadata address, however it is written (`127.1`, `2130706433`, `::ffff:10.0.0.1`), unless
 *   its host is allowed by name. Link-local and metadata addresses are open only to who is allowed that address itself: a name that
 *   is allowed must not become a way to the keys of the machine.
 * - That is checked for the host of the URL, for each answer of the name service, and again for each redirect; the connection goes to
 *   an address that was checked, so that a second answer of the name service changes nothing.
 * - Whatever hinders it throws FetchFailed, with a sentence for the author of the URL. It has nothing of a body in it.
 */
export interface Fetcher {
  fetch(request: FetchRequest): Promise<FetchedDocument>;
}

/** Why a document could not be had. */
export type FetchFailure =
  /** The URL is none, or of a kind that is never fetched. */
  | 'BadUrl'
  /** It may not be asked: its scheme or its address is not allowed. */
  | 'Forbidden'
  /** No such name, no connection, no trust, or the connection broke off. */
  | 'Unreachable'
  | 'TimedOut'
  | 'TooLarge'
  | 'TooManyRedirects';

export class FetchFailed extends Error {
  readonly code = 'FETCH_FAILED';
  readonly reason: FetchFailure;
  constructor(reason: FetchFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FetchFailed';
    this.reason = reason;
  }
}
