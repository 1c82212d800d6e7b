import type { FindingLog } from './finding.ts';
import type { LocalityLbSpec, ZoneAwareLbSpec } from './traffic-policy-spec.ts';

const topologyLabels: ReadonlySet<string> = new Set([
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
]);

/** LB-18: how traffic prefers near endpoints. `hasOutlierDetection` says whether the same policy can notice failures at all. */
export function checkLocalityLb(log: FindingLog, setting: LocalityLbSpec, hasOutlierDetection: boolean): void {
  const { distribute = [], failover = [], failoverPriority = [] } = setting;
  if (distribute.length > 0 && failover.length > 0) {
    log.error('CONFLICT', "can not simultaneously specify 'distribute' and 'failover'; keep one");
  }
  const topology = failoverPriority.find((label) => topologyLabels.has(label));
  if (failover.length > 0 && topology !== undefined) {
    const message = `can not simultaneously set 'failover' and topology label '${topology}' in 'failover_priority'`;
    log.at('failoverPriority').error('CONFLICT', message);
  }
  for (const [index, { to = {} }] of distribute.entries()) checkShares(log.at(`distribute[${index}].to`), to);
  checkDistinctLocalities(
    log.at('distribute'),
    distribute.map(({ from = '' }) => from),
  );
  checkFailover(log, setting, { name: 'locality lb', hasOutlierDetection });
}

function checkShares(log: FindingLog, shares: Readonly<Record<string, number>>): void {
  for (const [locality, weight] of Object.entries(shares)) {
    if (weight >= 1 && weight <= 100) continue;
    log.member(locality).error('INVALID_VALUE', `locality weight must be in range [1, 100], not ${weight}`);
  }
  const total = Object.values(shares).reduce((sum, weight) => sum + weight, 0);
  if (total !== 100) log.error('INVALID_VALUE', `total locality weight ${total} != 100`);
  // The order of a map's members means nothing: wide ones first, so that any overlap is found.
  checkDistinctLocalities(
    log,
    Object.keys(shares).toSorted((a, b) => depth(a) - depth(b)),
  );
}

/** Levels that a locality fixes: 0 for `*`, 1 for `a` and `a/*`. */
const depth = (locality: string): number => locality.split('/').filter((part) => part !== '*').length;

/** Zone-aware routing sorts by region itself; `failover` orders the further regions, and nothing else may. */
export function checkZoneAwareLb(log: FindingLog, setting: ZoneAwareLbSpec, hasOutlierDetection: boolean): void {
  for (const label of (setting.failoverPriority ?? []).filter((each) => topologyLabels.has(each))) {
    const message = `'failover_priority' for zone aware lb must not use topology label '${label}'; region- and zone-level routing are handled automatically`;
    log.at('failoverPriority').error('CONFLICT', message);
  }
  if (setting.minClusterSize === 0) {
    log.at('minClusterSize').error('INVALID_VALUE', 'minClusterSize must be at least 1');
  }
  checkFailover(log, setting, { name: 'zone aware lb', hasOutlierDetection });
}

interface FailoverCheck {
  readonly name: string;
  readonly hasOutlierDetection: boolean;
}

function checkFailover(
  log: FindingLog,
  { failover = [], failoverPriority = [] }: LocalityLbSpec | ZoneAwareLbSpec,
  { name, hasOutlierDetection }: FailoverCheck,
): void {
  if (failover.length + failoverPriority.length > 0 && !hasOutlierDetection) {
    const message = 'outlier detection policy must be provided for failover; without one no failure is noticed';
    log.warning('INEFFECTIVE', message);
  }
  for (const [index, { from = '', to = '' }] of failover.entries()) {
    const refuse = (message: string): void => log.at(`failover[${index}]`).error('INVALID_VALUE', message);
    if (from === to) refuse(`${name} failover settings must specify different regions`);
    if (from.includes('/') || to.includes('/'))
      refuse(`${name} failover only specify region; leave out zone and subzone`);
    if (from.includes('*') || to.includes('*')) refuse(`${name} failover region should not contain '*' wildcard`);
  }
}

/** Far more places than any cloud has; comparing each with each must stay cheap. */
const mostLocalities = 1000;

/**
 * Localities `region[/zone[/subzone]]`, where a `*` may stand at the end for all the rest. None may be covered by one before it.
 * A wider one may come later, as "everything else", but only when it says so with a `*`.
 */
function checkDistinctLocalities(log: FindingLog, localities: readonly string[]): void {
  if (localities.length > mostLocalities) {
    log.error('INVALID_VALUE', `at most ${mostLocalities} localities can be told apart here`);
    return;
  }
  const earlier: (readonly string[])[] = [];
  for (const locality of localities) {
    const parts = locality.split('/');
    const stars = locality.split('*').length - 1;
    if (stars > 1 || (stars === 1 && !locality.endsWith('*'))) {
      const message = `locality ${locality} wildcard '*' number can not exceed 1 and must be in the end`;
      log.error('INVALID_VALUE', message);
    } else if (parts.length > 3 || parts.includes('')) {
      const message = `locality ${locality} must not contain empty region/zone/subzone info; write region/zone/subzone`;
      log.error('INVALID_VALUE', message);
    } else if (earlier.some((other) => covers(other, parts) || (stars === 0 && covers(parts, other)))) {
      log.error('CONFLICT', `locality ${locality} overlap with previous specified ones`);
    } else earlier.push(parts);
  }
}

/** Whether every place of the narrow locality is in the wide one, which may end early or with a `*`. */
function covers(wide: readonly string[], narrow: readonly string[]): boolean {
  for (let level = 0; level < 3; level += 1) {
    const part = wide[level] ?? '*';
    if (part === '*') return true;
    if (part !== narrow[level]) return false;
  }
  return true;
}
