import type { DurationMs } from '../base/brand.ts';

/** Limits of the connections that a proxy takes; a member that is `undefined` leaves the matter to Envoy, or to the mesh. */
export interface ConnectionSettings {
  /** Bytes that a connection may buffer before its sender has to wait; of routers alone. */
  readonly bufferLimit?: number;
  /** How long a connection without requests stays open. */
  readonly idleTimeout?: DurationMs;
  readonly maxConnectionDuration?: DurationMs;
  /** How long a client is given between the notice that its connection ends and the end. */
  readonly drainTimeout?: DurationMs;
  readonly requestTimeout?: DurationMs;
  readonly requestHeadersTimeout?: DurationMs;
  readonly streamIdleTimeout?: DurationMs;
  readonly maxStreamDuration?: DurationMs;
  /** The next three concern HTTP/2 alone; windows in bytes. */
  readonly maxConcurrentStreams?: number;
  readonly streamWindow?: number;
  readonly connectionWindow?: number;
  /** What becomes of requests that have a header with an underscore in its name. */
  readonly underscores?: 'allow' | 'reject-request' | 'drop-header';
  readonly mergesSlashes?: boolean;
  readonly escapedSlashes?: EscapedSlashes;
}

/** What becomes of `%2F` and `%5C` in a path. */
export type EscapedSlashes = 'keep' | 'reject-request' | 'decode-and-redirect' | 'decode-and-forward';

/** What somebody wrote, and whether the rest is as for a proxy at the edge, which has to expect anything of its clients. */
export interface WrittenConnectionSettings {
  readonly isForEdge: boolean;
  readonly written: ConnectionSettings;
}
