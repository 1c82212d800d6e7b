import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import { fqdnProblem, isDnsLabel } from './name-problems.ts';

/** The word that stands for all sidecars where a gateway's name may stand. */
export const meshGateway = 'mesh';

/** VS-26: names of gateways that a rule is bound to: `namespace/name`, or a bare name in its own namespace. */
export function checkGatewayNames(log: FindingLog, names: readonly string[] | undefined): void {
  for (const [index, name] of (names ?? []).entries()) checkGatewayName(log.at(`[${index}]`), name);
}

function checkGatewayName(log: FindingLog, reference: string): void {
  const slash = reference.indexOf('/');
  if (slash < 0) {
    if (reference.includes('.')) warnOfLegacyForm(log, reference);
    const problem = fqdnProblem(reference);
    if (problem !== undefined) log.error('INVALID_VALUE', problem);
    return;
  }
  const namespace = reference.slice(0, slash);
  const name = reference.slice(slash + 1);
  if (namespace === '' || name === '') {
    log.error('INVALID_VALUE', 'config namespace and gateway name cannot be empty; write namespace/name');
  }
  if (!isDnsLabel(namespace)) log.error('INVALID_VALUE', `invalid value for namespace: ${quoted(namespace)}`);
  if (!isDnsLabel(name)) log.error('INVALID_VALUE', `invalid value for gateway name: ${quoted(name)}`);
}

function warnOfLegacyForm(log: FindingLog, reference: string): void {
  const [name = '', namespace = ''] = reference.split('.');
  const better = quoted(`${namespace}/${name}`);
  const message = `using legacy gatewayName format ${quoted(reference)}; prefer the <namespace>/<name> format: ${better}`;
  log.warning('DEPRECATED', message);
}
