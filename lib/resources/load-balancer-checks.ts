import { checkDuration } from './duration-checks.ts';
import type { FindingLog } from './finding.ts';
import { checkLocalityLb, checkZoneAwareLb } from './locality-checks.ts';
import type { ConsistentHashSpec, LoadBalancerSpec, WarmupSpec } from './traffic-policy-spec.ts';

/** LB-19: how one endpoint among many is chosen. */
export function checkLoadBalancer(log: FindingLog, settings: LoadBalancerSpec, hasOutlierDetection: boolean): void {
  const { simple, consistentHash, localityLbSetting, zoneAwareLbSetting, warmup, warmupDurationSecs } = settings;
  if (simple !== undefined && consistentHash !== undefined) {
    log.error('CONFLICT', 'only one of simple and consistentHash may be set; keep one');
  }
  if (consistentHash !== undefined) checkConsistentHash(log.at('consistentHash'), consistentHash);
  if (localityLbSetting !== undefined && zoneAwareLbSetting !== undefined) {
    log.error('CONFLICT', 'only one of localityLbSetting and zoneAwareLbSetting can be set; keep one');
  }
  if (localityLbSetting !== undefined) {
    checkLocalityLb(log.at('localityLbSetting'), localityLbSetting, hasOutlierDetection);
  }
  if (zoneAwareLbSetting !== undefined) {
    checkZoneAwareLb(log.at('zoneAwareLbSetting'), zoneAwareLbSetting, hasOutlierDetection);
  }
  if (warmup !== undefined && warmupDurationSecs !== undefined) {
    log.error('CONFLICT', 'only one of warmupDurationSecs or warmup can be set; keep warmup');
  }
  if (warmup !== undefined) checkWarmup(log.at('warmup'), warmup);
  if (warmupDurationSecs !== undefined) {
    log.at('warmupDurationSecs').warning('DEPRECATED', 'warmupDurationSecs is deprecated; use warmup.duration');
  }
}

function checkConsistentHash(log: FindingLog, hash: ConsistentHashSpec): void {
  const {
    httpHeaderName,
    httpCookie,
    useSourceIp,
    httpQueryParameterName,
    ringHash,
    maglev,
    minimumRingSize = 0,
  } = hash;
  const keys = [httpHeaderName, httpCookie, useSourceIp, httpQueryParameterName].filter((key) => key !== undefined);
  if (keys.length > 1)
    log.error('CONFLICT', 'only one hash key may be set: header, cookie, source IP or query parameter');
  if (httpCookie !== undefined) checkCookie(log.at('httpCookie'), httpCookie);
  if (ringHash !== undefined && maglev !== undefined) {
    log.error('CONFLICT', 'only one of ringHash and maglev may be set; keep one');
  }
  if (minimumRingSize !== 0) {
    const where = log.at('minimumRingSize');
    const message =
      "consistent hash MinimumRingSize is deprecated, use ConsistentHashLB's RingHash configuration instead";
    where.warning('DEPRECATED', message);
    if (ringHash !== undefined || maglev !== undefined) {
      where.error('CONFLICT', 'only one of MinimumRingSize or Maglev/Ringhash can be specified; keep the latter');
    }
  }
  if (maglev !== undefined) checkTableSize(log.at('maglev.tableSize'), maglev.tableSize ?? 0);
}

function checkCookie(log: FindingLog, cookie: NonNullable<ConsistentHashSpec['httpCookie']>): void {
  if ((cookie.name ?? '') === '') log.at('name').error('REQUIRED', 'name required for HttpCookie');
  const names = new Set<string>();
  for (const [index, { name = '' }] of (cookie.attributes ?? []).entries()) {
    const where = log.at(`attributes[${index}].name`);
    if (name === '') where.error('REQUIRED', 'cookie attribute name cannot be empty');
    else if (names.has(name)) where.error('DUPLICATE', `duplicate cookie attribute name: ${name}`);
    names.add(name);
  }
}

/** Envoy refuses tables that are too large, and sizes that are not prime. */
const tableSizeLimit = 5_000_011;

function checkTableSize(log: FindingLog, size: number): void {
  if (size === 0) log.error('REQUIRED', 'tableSize must be set for maglev; 65537 is usual');
  else if (size >= tableSizeLimit) {
    log.error('INVALID_VALUE', `tableSize must be less than ${tableSizeLimit} for maglev`);
  } else if (!isPrime(size)) log.error('INVALID_VALUE', 'tableSize must be a prime number for maglev');
}

/** As Envoy counts, 1 is prime. */
function isPrime(number: number): boolean {
  if (number < 4) return number > 0;
  if (number % 2 === 0) return false;
  for (let factor = 3; factor * factor <= number; factor += 2) {
    if (number % factor === 0) return false;
  }
  return true;
}

function checkWarmup(log: FindingLog, { duration, minimumPercent = 0, aggression }: WarmupSpec): void {
  if (duration === undefined) log.at('duration').error('REQUIRED', 'duration is required');
  else checkDuration(log.at('duration'), duration);
  if (minimumPercent < 0 || minimumPercent > 100) {
    const message = 'minimumPercent value should be less than or equal to 100, and not negative';
    log.at('minimumPercent').error('INVALID_VALUE', message);
  }
  if (aggression !== undefined && aggression <= 0) {
    log.at('aggression').error('INVALID_VALUE', 'aggression should be greater than 0');
  }
}
