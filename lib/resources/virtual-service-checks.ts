import { isIpAddress } from '../base/ip-address.ts';
import { checkExportTo } from './export-to-checks.ts';
import type { FindingLog } from './finding.ts';
import { checkGatewayNames, meshGateway } from './gateway-name-checks.ts';
import { isClaimHeader } from './header-checks.ts';
import { checkHttpRoute } from './http-route-checks.ts';
import type { Subject } from './kind-definition.ts';
import { checkTcpRoute, checkTlsRoute } from './l4-route-checks.ts';
import { overlappingPairs } from './overlapping-hosts.ts';
import { routedHostProblem } from './routed-host.ts';
import { warnOfUnreachableRules } from './unreachable-rules.ts';
import type { VirtualServiceSpec } from './virtual-service-spec.ts';

/** VS-21..33: what Istio's admission would say of a VirtualService. */
export function checkVirtualService({ metadata, spec }: Subject<VirtualServiceSpec>, log: FindingLog): void {
  const isDelegate = (spec.hosts ?? []).length === 0;
  if (isDelegate) checkDelegateHasRoutesOnly(log, spec);
  checkGatewayNames(log.at('spec.gateways'), spec.gateways);
  if (servesSidecars(spec)) refuseClaimRouting(log, spec);
  checkHosts(log, spec);
  const { http = [], tls = [], tcp = [] } = spec;
  if (http.length + tls.length + tcp.length === 0) {
    log.at('spec').error('REQUIRED', 'http, tcp or tls must be provided in virtual service');
  }
  for (const [index, route] of http.entries()) checkHttpRoute(log.at(`spec.http[${index}]`), route, isDelegate);
  for (const [index, route] of tls.entries()) checkTlsRoute(log.at(`spec.tls[${index}]`), route, spec);
  for (const [index, route] of tcp.entries()) checkTcpRoute(log.at(`spec.tcp[${index}]`), route);
  checkExportTo(log, spec.exportTo, { namespace: metadata.namespace, isService: false, selectsWorkloads: false });
  warnOfUnreachableRules(log, spec);
}

/** No gateways named means sidecars. */
function servesSidecars({ gateways = [] }: VirtualServiceSpec): boolean {
  return gateways.length === 0 || gateways.includes(meshGateway);
}

/** VS-24 */
function checkDelegateHasRoutesOnly(log: FindingLog, spec: VirtualServiceSpec): void {
  const refuse = (field: 'gateways' | 'tls' | 'tcp', what: string): void => {
    if ((spec[field] ?? []).length === 0) return;
    log
      .at(`spec.${field}`)
      .error('CONFLICT', `delegate virtual service must have no ${what} specified; name hosts, or remove it`);
  };
  refuse('gateways', 'gateways');
  refuse('tls', 'tls route');
  refuse('tcp', 'tcp route');
}

/** VS-26: sidecars do not know the caller's token where routes are chosen. */
function refuseClaimRouting(log: FindingLog, spec: VirtualServiceSpec): void {
  for (const [at, { match = [] }] of (spec.http ?? []).entries()) {
    for (const [index, condition] of match.entries()) {
      for (const field of ['headers', 'withoutHeaders'] as const) {
        for (const key of Object.keys(condition[field] ?? {}).filter(isClaimHeader)) {
          const gateways = (spec.gateways ?? []).join(' ');
          const message = `JWT claim based routing (key: ${key}) is only supported for gateway, found no gateways: [${gateways}]`;
          log.at(`spec.http[${at}].match[${index}].${field}`).member(key).error('CONFLICT', message);
        }
      }
    }
  }
}

/** VS-21 */
function checkHosts(log: FindingLog, spec: VirtualServiceSpec): void {
  const isSni = (spec.tls ?? []).some(({ match = [] }) => match.some(({ sniHosts = [] }) => sniHosts.length > 0));
  const { hosts = [] } = spec;
  let allValid = true;
  for (const [index, host] of hosts.entries()) {
    const problem = servesSidecars(spec) ? meshHostProblem(host, spec) : routedHostProblem(host, spec, isSni);
    if (problem === undefined || isIpAddress(host)) continue;
    log.at(`spec.hosts[${index}]`).error('INVALID_VALUE', problem);
    allValid = false;
  }
  if (!allValid) return;
  for (const [first, second] of overlappingPairs(hosts)) {
    const message = `duplicate hosts in virtual service: ${hosts[first]} & ${hosts[second]}; a host may be covered once`;
    log.at(`spec.hosts[${second}]`).error('DUPLICATE', message);
  }
}

function meshHostProblem(host: string, spec: VirtualServiceSpec): string | undefined {
  if (host !== '*') return routedHostProblem(host, spec, false);
  return 'wildcard host * is not allowed for virtual services bound to the mesh gateway; name hosts, or name gateways';
}
