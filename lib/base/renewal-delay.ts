import { type DurationMs, durationMs, type EpochMs } from './brand.ts';

/** A certificate's life, from when it was signed to its end. */
export interface CertificateLife {
  readonly signedAt: EpochMs;
  readonly notAfter: EpochMs;
}

/** The last part of a certificate's life, in which it is renewed, and by how much that differs from proxy to proxy. */
const RENEWED_IN_LAST = 0.5;
const JITTER = 0.01;

/**
 * How long a certificate is used before it is renewed: half of its life, and up to a hundredth of it more or less, so that proxies that
 * started together do not ask together. `chance` is from 0 to 1. Never negative: what should have been renewed is renewed now (CA-18).
 */
export function renewalDelay({ signedAt, notAfter }: CertificateLife, now: EpochMs, chance: number): DurationMs {
  const ratio = Math.min(1, Math.max(0, RENEWED_IN_LAST + JITTER * (2 * chance - 1)));
  return durationMs(Math.max(0, notAfter - (notAfter - signedAt) * ratio - now));
}
