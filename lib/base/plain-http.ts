import type { Sender } from './sender.ts';

/**
 * A request and its answer as plain values. Polls are nearly all that is asked of the service, and most are answered with nothing:
 * making a fetch-style Request and Response for each would cost more than answering it.
 */
export interface PlainRequest {
  /** What the front door found out about who sends it; nothing where it found out nothing. */
  readonly sender?: Sender;
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** The whole body, or `undefined` when it has more bytes than may be read; it is not read any further then. */
  readonly read: (maxBytes: number) => Promise<Uint8Array | undefined>;
}

export interface PlainAnswer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: PlainBody;
}

/** Bytes that are there, sent one behind the other as they are; or pieces that are made while they are sent. */
export type PlainBody = readonly Uint8Array[] | AsyncGenerator<Uint8Array, void, undefined>;

export type PlainHandler = (request: PlainRequest) => Promise<PlainAnswer>;
