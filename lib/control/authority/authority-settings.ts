import { type DurationMs, durationMs } from '../../base/brand.ts';

/** What the operator decides about certificates. */
export interface AuthoritySettings {
  /** For requests that do not say how long. */
  readonly defaultTtl: DurationMs;
  /** The longest that a request may ask for; new roots are told to proxies for so long before they sign. */
  readonly maxTtl: DurationMs;
  /** How long a new root is good for. */
  readonly rootLifetime: DurationMs;
  /** How often it is looked whether a root has to be replaced; 0 or less never. */
  readonly rotationCheck: DurationMs;
  /** The last part of a root's lifetime in which its successor is made, from 0 to 1. */
  readonly rotationGrace: number;
}

const hours = (count: number): DurationMs => durationMs(count * 60 * 60_000);

/** Source: Istio, the defaults of istiod's CA (`CITADEL_SELF_SIGNED_…`, `DEFAULT_WORKLOAD_CERT_TTL`, `MAX_WORKLOAD_CERT_TTL`). */
export const AUTHORITY_DEFAULTS: AuthoritySettings = {
  defaultTtl: hours(24),
  maxTtl: hours(90 * 24),
  rootLifetime: hours(10 * 365 * 24),
  rotationCheck: hours(1),
  rotationGrace: 0.2,
};

/** How long before the end of a root its successor is made: at least long enough to be known everywhere when it has to sign. */
export function graceOf({ rootLifetime, rotationGrace, maxTtl }: AuthoritySettings): DurationMs {
  const share = Math.min(1, Math.max(0, rotationGrace));
  return durationMs(Math.max(rootLifetime * share, 2 * maxTtl));
}
