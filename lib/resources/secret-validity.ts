import { durationMs, type DurationMs, type EpochMs } from '../base/brand.ts';
import type { CertificateFacts } from '../base/certificates.ts';
import { parseTimestamp } from '../base/timestamp.ts';
import type { SecretFacts, SecretProblem } from './secret-facts.ts';

/** What is wrong with the values of a Secret at some moment, or soon will be. */
export interface SecretTrouble {
  readonly reason: SecretProblem['reason'] | 'Expired' | 'NotYetValid' | 'ExpiresSoon';
  /** Name of the value that it is about. */
  readonly value: string;
  /** A sentence without a full stop. */
  readonly message: string;
  /** Whether proxies are given the values all the same (SDS-8). */
  readonly isServed: boolean;
}

const DAY = durationMs(24 * 60 * 60 * 1000);

/** Everything that is wrong, what keeps proxies from having the values first. */
export function troublesOf(facts: SecretFacts, now: EpochMs): readonly SecretTrouble[] {
  return [
    ...problemsOf(facts),
    ...datedCertificates(facts).flatMap(({ value, certificate }) => troubleOfDates(value, certificate, now)),
  ];
}

/** What is wrong whatever the time is. */
export function problemsOf({ pair, trust }: SecretFacts): readonly SecretTrouble[] {
  const problems = [...(pair?.problems ?? []), ...(trust?.problems ?? [])];
  return problems.map((problem) => ({ ...problem, isServed: false }));
}

interface DatedCertificate {
  readonly value: string;
  readonly certificate: CertificateFacts;
}

/** The certificates whose end somebody has to see coming. */
function datedCertificates({ pair, trust }: SecretFacts): readonly DatedCertificate[] {
  return [
    ...(pair?.leaf ? [{ value: pair.chain, certificate: pair.leaf }] : []),
    ...(trust?.certificates ?? []).map((certificate) => ({ value: trust?.authorities ?? '', certificate })),
  ];
}

function troubleOfDates(
  value: string,
  { subject, notBefore, notAfter }: CertificateFacts,
  now: EpochMs,
): SecretTrouble[] {
  const [start, end] = [parseTimestamp(notBefore), parseTimestamp(notAfter)];
  if (start === undefined || end === undefined) return [];
  const trouble = (reason: SecretTrouble['reason'], message: string): SecretTrouble[] => [
    { reason, value, message: `the certificate of ${subject} ${message}`, isServed: true },
  ];
  if (end <= now) return trouble('Expired', `has expired at ${notAfter}; upload its successor`);
  if (start > now) return trouble('NotYetValid', `is not valid before ${notBefore}`);
  if (end - now < soon(durationMs(end - start)))
    return trouble('ExpiresSoon', `expires at ${notAfter}; upload its successor`);
  return [];
}

/** How long before its end a certificate counts as about to expire: a month, and of short lives the last fifth. */
const soon = (life: DurationMs): number => Math.min(30 * DAY, life / 5);

/** When the first certificate ends on which something depends; `undefined` where there is none. */
export function expiryOf(facts: SecretFacts): EpochMs | undefined {
  const ends = datedCertificates(facts).flatMap(({ certificate }) => parseTimestamp(certificate.notAfter) ?? []);
  return ends.length === 0 ? undefined : ends.reduce((first, end) => (end < first ? end : first));
}
