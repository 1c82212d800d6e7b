import { isSubsetOf } from '../base/host-name.ts';
import { isIpAddress } from '../base/ip-address.ts';
import { quoted } from '../base/quoted.ts';
import { checkWeightedDestinations } from './destination-checks.ts';
import type { FindingLog } from './finding.ts';
import { checkGatewayNames } from './gateway-name-checks.ts';
import { checkLabels, checkPort } from './name-checks.ts';
import { subnetProblem } from './name-problems.ts';
import { routedHostProblem } from './routed-host.ts';
import type { L4MatchAttributes, TcpRoute, TlsRoute, VirtualServiceSpec } from './virtual-service-spec.ts';

/** VS-32: one rule for TLS connections, told apart by the name that the client asks for. */
export function checkTlsRoute(log: FindingLog, route: TlsRoute, spec: VirtualServiceSpec): void {
  if ((route.match ?? []).length === 0) {
    log.error('REQUIRED', 'TLS route must have at least one match condition; match on sniHosts');
  }
  for (const [index, match] of (route.match ?? []).entries()) {
    const where = log.at(`match[${index}]`);
    if ((match.sniHosts ?? []).length === 0) where.error('REQUIRED', 'TLS match must have at least one SNI host');
    for (const [at, host] of (match.sniHosts ?? []).entries()) checkSniHost(where.at(`sniHosts[${at}]`), host, spec);
    checkConnectionMatch(where, match);
  }
  if ((route.route ?? []).length === 0) log.error('REQUIRED', 'TLS route is required; name a destination');
  checkWeightedDestinations(log.at('route'), route.route ?? []);
}

function checkSniHost(log: FindingLog, host: string, spec: VirtualServiceSpec): void {
  const problem = routedHostProblem(host, spec, true);
  if (problem !== undefined) {
    if (isIpAddress(host)) {
      const message = `using an IP address (${quoted(host)}) goes against SNI spec and most clients do not support this`;
      log.warning('INVALID_VALUE', message);
    } else log.error('INVALID_VALUE', problem);
    return;
  }
  if (spec.hosts?.some((own) => isSubsetOf(host, own))) return;
  const own = (spec.hosts ?? []).join(', ');
  const message = `SNI host ${quoted(host)} is not a compatible subset of any of the virtual service hosts: [${own}]`;
  log.error('INVALID_VALUE', message);
}

/** VS-32: one rule for plain connections. */
export function checkTcpRoute(log: FindingLog, route: TcpRoute): void {
  for (const [index, match] of (route.match ?? []).entries()) checkConnectionMatch(log.at(`match[${index}]`), match);
  if ((route.route ?? []).length === 0) log.error('REQUIRED', 'TCP route is required; name a destination');
  checkWeightedDestinations(log.at('route'), route.route ?? []);
}

type ConnectionMatch = Omit<L4MatchAttributes, 'sourceSubnet'>;

function checkConnectionMatch(log: FindingLog, match: ConnectionMatch): void {
  for (const [index, subnet] of (match.destinationSubnets ?? []).entries()) {
    const problem = subnetProblem(subnet);
    if (problem !== undefined) log.at(`destinationSubnets[${index}]`).error('INVALID_VALUE', problem);
  }
  if (match.port !== undefined && match.port !== 0) checkPort(log.at('port'), match.port);
  checkLabels(log.at('sourceLabels'), match.sourceLabels);
  checkGatewayNames(log.at('gateways'), match.gateways);
}
