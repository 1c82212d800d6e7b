/** Which requests are reported as spans, and what is written into them. */
export interface TracingIr {
  /** Percent of the requests that nobody decided about before, 0 to 100; decisions of others are kept. */
  readonly randomSampling: number;
  /** Sorted by name. */
  readonly tags: readonly TraceTagIr[];
  /** How much of a path is written; `undefined` leaves it to Envoy. */
  readonly maxPathLength: number | undefined;
}

export interface TraceTagIr {
  readonly name: string;
  readonly value:
    | { readonly from: 'text'; readonly text: string }
    | { readonly from: 'environment' | 'header'; readonly name: string; readonly fallback: string }
    /** What a filter wrote about the request. */
    | { readonly from: 'request-metadata'; readonly filter: string; readonly key: string };
}
