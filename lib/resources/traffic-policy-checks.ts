import { isIpAddress } from '../base/ip-address.ts';
import { checkClientTls } from './client-tls-checks.ts';
import { checkConnectionPool, checkOutlierDetection } from './connection-checks.ts';
import type { FindingLog } from './finding.ts';
import { checkLoadBalancer } from './load-balancer-checks.ts';
import { checkPort } from './name-checks.ts';
import { fqdnProblem } from './name-problems.ts';
import type { PortTrafficPolicySpec, TrafficPolicySpec, TunnelSpec } from './traffic-policy-spec.ts';

/** DR-38: the policy of a whole host or of one subset. */
export function checkTrafficPolicy(log: FindingLog, policy: TrafficPolicySpec, namespace: string): void {
  if (saysNothing(policy)) {
    log.error('REQUIRED', 'traffic policy must have at least one field; set one, or remove trafficPolicy');
  }
  if (policy.tunnel !== undefined && policy.proxyProtocol !== undefined) {
    log.error('CONFLICT', 'tunnel and proxyProtocol must not be set together; keep one');
  }
  checkConnectionPolicy(log, policy, namespace);
  checkPortPolicies(log.at('portLevelSettings'), policy.portLevelSettings ?? [], namespace);
  if (policy.tunnel !== undefined) checkTunnel(log.at('tunnel'), policy.tunnel);
  const { percent = 0 } = policy.retryBudget ?? {};
  if (percent < 0 || percent > 100) {
    log.at('retryBudget.percent').error('INVALID_VALUE', `percentage ${percent} is not in range 0..100`);
  }
}

/** An empty list is as good as none. */
const saysNothing = (policy: object): boolean =>
  Object.values(policy).every((member) => Array.isArray(member) && member.length === 0);

/** What a policy may say for all ports and for one alike. */
type ConnectionPolicy = Pick<TrafficPolicySpec, 'connectionPool' | 'loadBalancer' | 'outlierDetection' | 'tls'>;

function checkConnectionPolicy(log: FindingLog, policy: ConnectionPolicy, namespace: string): void {
  const { connectionPool, loadBalancer, outlierDetection, tls } = policy;
  if (outlierDetection !== undefined) checkOutlierDetection(log.at('outlierDetection'), outlierDetection);
  if (connectionPool !== undefined) checkConnectionPool(log.at('connectionPool'), connectionPool);
  if (loadBalancer !== undefined) {
    checkLoadBalancer(log.at('loadBalancer'), loadBalancer, outlierDetection !== undefined);
  }
  if (tls !== undefined) checkClientTls(log.at('tls'), tls, namespace);
}

/** DR-39: each port at most once, and something to say about it. */
function checkPortPolicies(log: FindingLog, policies: readonly PortTrafficPolicySpec[], namespace: string): void {
  const ports = new Set<number>();
  for (const [index, policy] of policies.entries()) {
    const where = log.at(`[${index}]`);
    const { port, ...settings } = policy;
    if (port === undefined) where.error('REQUIRED', 'portTrafficPolicy must have valid port; set port.number');
    else checkPort(where.at('port.number'), port.number);
    if (port?.number !== undefined) {
      if (ports.has(port.number)) {
        const message = `port ${port.number} has settings already; only the first ones would be used`;
        where.at('port.number').warning('INEFFECTIVE', message);
      }
      ports.add(port.number);
    }
    if (saysNothing(settings)) {
      where.error('REQUIRED', 'port traffic policy must have at least one field');
    }
    checkConnectionPolicy(where, settings, namespace);
  }
}

/** DR-38 */
function checkTunnel(log: FindingLog, tunnel: TunnelSpec): void {
  const { protocol = '', targetHost = '', targetPort } = tunnel;
  if (!['', 'CONNECT', 'POST'].includes(protocol)) {
    log.at('protocol').error('INVALID_VALUE', 'tunnel protocol must be "CONNECT" or "POST"');
  }
  const problem = isIpAddress(targetHost) ? undefined : fqdnProblem(targetHost);
  if (problem !== undefined) {
    const message = `tunnel target host must be valid FQDN or IP address: ${problem}`;
    log.at('targetHost').error('INVALID_VALUE', message);
  }
  checkPort(log.at('targetPort'), targetPort);
}
