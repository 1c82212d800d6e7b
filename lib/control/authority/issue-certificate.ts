import { type DurationMs, durationMs, type EpochMs, epochMs } from '../../base/brand.ts';
import type { Clock } from '../../ports/clock.ts';
import { SigningKeyUnavailable } from '../../ports/signing-keys.ts';
import { alternativeNames } from './alternative-names.ts';
import type { AuthoritySettings } from './authority-settings.ts';
import { buildLeaf } from './build-certificate.ts';
import type { CertificateRequest } from './certificate-request.ts';
import { AuthorityNotReady, type Issuer, type IssuerSource } from './issuer.ts';

export interface IssuePorts {
  readonly issuer: IssuerSource;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: (bytes: number) => Uint8Array;
  readonly settings: AuthoritySettings;
}

/** What a caller may have, once it is known who it is. */
export interface CertificateAsk {
  readonly request: CertificateRequest;
  /** Names of the certificate, the caller's own: `spiffe://cluster.local/ns/shop/sa/reviews`. */
  readonly identities: readonly string[];
  /** 0 or less, or nothing: the default. */
  readonly ttl?: DurationMs;
}

/** Classes of failure, by which callers and counters tell them apart (CA-4). */
export type IssueFailure = 'CSR_ERROR' | 'TTL_ERROR' | 'CA_NOT_READY' | 'CERT_GEN_ERROR';

export type Issued =
  | {
      readonly ok: true;
      /** The leaf, what stands between it and the roots, one PEM text each, and last all roots in one (CA-8). */
      readonly chain: readonly string[];
      readonly serial: string;
      readonly notAfter: EpochMs;
    }
  | { readonly ok: false; readonly failure: IssueFailure; readonly reason: string };

/** Certificates are good from a little before now on: clocks differ (CA-6). */
export const NOT_BEFORE_SLACK: DurationMs = durationMs(2 * 60_000);

/** Longest common name. Source: RFC 5280, appendix A.1, `ub-common-name`. */
const MAX_COMMON_NAME = 64;

const SERIAL_BYTES = 16;

/**
 * Signs one certificate. `bundleOf` adds what the workload is to believe beside the authority's own roots. Throws what the store says when
 * it is away.
 */
export async function issueCertificate(
  ports: IssuePorts,
  ask: CertificateAsk,
  bundleOf: (roots: readonly string[]) => Promise<readonly string[]>,
): Promise<Issued> {
  const { settings, clock } = ports;
  const { ttl: asked = durationMs(0) } = ask;
  if (!hasAllowedTtl(asked, settings)) {
    return failed(
      'TTL_ERROR',
      `a ttl of ${asked / 1000} s is more than the ${settings.maxTtl / 1000} s that are given`,
    );
  }
  const ttl = asked > 0 ? asked : Math.min(settings.defaultTtl, settings.maxTtl);
  try {
    const issuer = await ports.issuer.current();
    const now = clock.now();
    if (issuer.notAfter <= now) throw new AuthorityNotReady('the certificate that it signs with has ended');
    const bundle = await bundleOf(issuer.roots);
    return await signedLeaf(ports, {
      ask,
      issuer,
      bundle,
      now,
      notAfter: epochMs(Math.min(now + ttl, issuer.notAfter)),
    });
  } catch (cause) {
    const isNotReady = cause instanceof AuthorityNotReady || cause instanceof SigningKeyUnavailable;
    if (!isNotReady) throw cause;
    return failed('CA_NOT_READY', cause.message);
  }
}

/** Nobody gets more than the longest time; 0 or less means the usual one (CA-5). */
export const hasAllowedTtl = (ttl: DurationMs, { maxTtl }: AuthoritySettings): boolean => ttl <= maxTtl;

const failed = (failure: IssueFailure, reason: string): Issued => ({ ok: false, failure, reason });

interface LeafParts {
  readonly ask: CertificateAsk;
  readonly issuer: Issuer;
  readonly bundle: readonly string[];
  readonly now: EpochMs;
  readonly notAfter: EpochMs;
}

async function signedLeaf({ random }: IssuePorts, { ask, issuer, bundle, now, notAfter }: LeafParts): Promise<Issued> {
  const { identities, request } = ask;
  const [commonName = ''] = request.hasCommonName ? identities : [];
  const plan = {
    serial: random(SERIAL_BYTES),
    notBefore: epochMs(now - NOT_BEFORE_SLACK),
    notAfter,
    publicKey: request.publicKey,
    names: alternativeNames(identities),
    ...(commonName !== '' && commonName.length <= MAX_COMMON_NAME && { commonName }),
  };
  try {
    const { pem, serial } = await buildLeaf(plan, issuer.signer);
    return { ok: true, chain: [pem, ...issuer.intermediates, bundle.join('')], serial, notAfter };
  } catch (cause) {
    if (cause instanceof SigningKeyUnavailable) throw cause;
    return failed('CERT_GEN_ERROR', cause instanceof Error ? cause.message : 'the certificate could not be made');
  }
}
