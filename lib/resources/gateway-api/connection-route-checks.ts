import { isIpAddress } from '../../base/ip-address.ts';
import type { FindingLog } from '../finding.ts';
import type { Subject } from '../kind-definition.ts';
import type { ConnectionRouteRule, TcpRouteSpec, TlsRouteSpec } from './connection-route-specs.ts';
import { checkBackend, checkParentRefs } from './reference-checks.ts';

/** GA-22: what the rules in the definition of TLSRoute say. Only v1 asks for hostnames; the versions before it do without. */
export function checkTlsRoute({ spec }: Subject<TlsRouteSpec>, log: FindingLog): void {
  checkParentRefs(log.at('spec.parentRefs'), spec.parentRefs);
  for (const [index, host] of (spec.hostnames ?? []).entries()) {
    if (!isIpAddress(host)) continue;
    log.at(`spec.hostnames[${index}]`).error('INVALID_VALUE', 'hostnames cannot contain an IP; name a host');
  }
  checkRules(log.at('spec.rules'), spec.rules);
}

/** GA-22: what the rules in the definition of TCPRoute say. */
export function checkTcpRoute({ spec }: Subject<TcpRouteSpec>, log: FindingLog): void {
  checkParentRefs(log.at('spec.parentRefs'), spec.parentRefs);
  checkRules(log.at('spec.rules'), spec.rules);
}

/** Rules of a wrong shape have been left out by the time that this is asked. */
function checkRules(log: FindingLog, rules: readonly ConnectionRouteRule[] = []): void {
  for (const [index, { backendRefs = [] }] of rules.entries()) {
    for (const [at, backend] of backendRefs.entries()) checkBackend(log.at(`[${index}].backendRefs[${at}]`), backend);
  }
}
