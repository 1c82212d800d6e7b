/** Addresses that a proxy looked up for names it only learns from requests; one for all who name it alike. */
export interface DnsCacheIr {
  /** Two caches of one name must be equal, or Envoy refuses the second. */
  readonly name: string;
  readonly family: DnsFamily;
  /** How many names it holds at most; `undefined` leaves it to Envoy. */
  readonly maxHosts: number | undefined;
}

/** Which addresses of a name count; `both` connects to whichever answers first. */
export type DnsFamily = 'v4' | 'v6' | 'both';
