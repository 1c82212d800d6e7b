import { quoted } from '../base/quoted.ts';
import { checkDuration } from './duration-checks.ts';
import type { FindingLog } from './finding.ts';
import type { HttpRetry } from './virtual-service-spec.ts';

/** Source: Envoy's page "Router", sections on the x-envoy-retry-on and x-envoy-retry-grpc-on headers. */
const retryConditions: ReadonlySet<string> = new Set([
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'envoy-ratelimited',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

/** First and last of each run of status codes that IANA's registry has a name for. */
const statusRuns = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 418],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
] as const;

/** VS-27: how often and on what a request is tried again. */
export function checkRetry(log: FindingLog, retry: HttpRetry): void {
  const { attempts = 0, perTryTimeout, retryOn = '', retryRemoteLocalities, backoff } = retry;
  if (attempts < 0) log.at('attempts').error('INVALID_VALUE', 'attempts cannot be negative');
  const saysMore = perTryTimeout !== undefined || retryOn !== '' || retryRemoteLocalities !== undefined;
  if (attempts === 0 && saysMore) {
    const message =
      'http retry policy configured when attempts are set to 0 (disabled); set attempts, or remove the rest';
    log.error('CONFLICT', message);
  }
  checkDuration(log.at('perTryTimeout'), perTryTimeout);
  checkDuration(log.at('backoff'), backoff);
  for (const condition of retryOn === '' ? [] : retryOn.split(',')) {
    if (retryConditions.has(condition) || isStatusCode(condition)) continue;
    const message = `${quoted(condition)} is not a valid retryOn policy; list conditions such as 5xx,reset without spaces`;
    log.at('retryOn').error('INVALID_VALUE', message);
  }
}

function isStatusCode(text: string): boolean {
  if (!/^[+-]?\d{1,9}$/.test(text)) return false;
  return statusRuns.some(([first, last]) => Number(text) >= first && Number(text) <= last);
}
