import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import { checkPort } from './name-checks.ts';
import { isDnsLabel, wildcardHostProblem } from './name-problems.ts';
import type { Destination } from './virtual-service-spec.ts';

/** VS-25: a place to send to: a host, and perhaps a subset and a port of it. */
export function checkDestination(log: FindingLog, destination: Destination): void {
  const { host = '', subset = '', port } = destination;
  const problem = host === '*' ? 'it is a single wildcard' : wildcardHostProblem(host);
  if (problem !== undefined) {
    const message = `invalid destination host ${quoted(host)}: ${problem}`;
    log.at('host').error(host === '' ? 'REQUIRED' : 'INVALID_VALUE', message);
  }
  if (subset !== '') checkSubsetName(log.at('subset'), subset);
  if (port !== undefined) checkPort(log.at('port.number'), port.number);
}

/** Names of subsets stand in cluster names, between bars. */
export function checkSubsetName(log: FindingLog, name: string): void {
  if (name === '') log.error('REQUIRED', 'subset name cannot be empty');
  else if (!isDnsLabel(name)) {
    log.error('INVALID_VALUE', `subset name is invalid: ${name}; use letters, digits and dashes, at most 63`);
  }
}

interface Weighted {
  readonly destination?: Destination;
  readonly weight?: number;
}

/** VS-25: places that share the traffic by weight. The sum need not be 100, but somebody must get something. */
export function checkWeightedDestinations(log: FindingLog, routes: readonly Weighted[]): void {
  for (const [index, { destination, weight = 0 }] of routes.entries()) {
    const where = log.at(`[${index}]`);
    if (destination === undefined) where.error('REQUIRED', 'destination is required');
    else checkDestination(where.at('destination'), destination);
    if (weight < 0) where.at('weight').error('INVALID_VALUE', `weight ${weight} < 0`);
  }
  const total = routes.reduce((sum, { weight = 0 }) => sum + weight, 0);
  if (routes.length > 1 && total === 0) {
    log.error('INVALID_VALUE', 'total destination weight = 0; give at least one destination a weight');
  }
}
