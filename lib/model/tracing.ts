/** Which requests proxies report as spans, and what they write into them. The tracer itself is named by a proxy's bootstrap. */
export interface TracingSettings {
  /** Percent of the requests that nobody decided about before, 0 to 100. */
  readonly randomSampling: number;
  /** Whether spans say which workload they are from, and what a policy on trial would have done. */
  readonly hasIstioTags: boolean;
  readonly customTags: readonly TraceTag[];
  /** How much of a path is written; `undefined` leaves it to Envoy. */
  readonly maxPathLength: number | undefined;
}

/** One thing that is written into each span. */
export interface TraceTag {
  readonly name: string;
  readonly value:
    | { readonly from: 'text'; readonly text: string }
    /** Of the proxy's process, or of the request; `fallback` where there is none, empty for no tag then. */
    | { readonly from: 'environment' | 'header'; readonly name: string; readonly fallback: string };
}
