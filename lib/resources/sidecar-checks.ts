import { checkConnectionPool } from './connection-checks.ts';
import { checkDestination } from './destination-checks.ts';
import type { FindingLog } from './finding.ts';
import type { Subject } from './kind-definition.ts';
import { checkSelector } from './name-checks.ts';
import { fqdnProblem } from './name-problems.ts';
import { checkEgressListeners } from './sidecar-egress-checks.ts';
import { checkIngressListeners } from './sidecar-ingress-checks.ts';
import type { OutboundTrafficPolicySpec, SidecarSpec } from './sidecar-spec.ts';

/** SC-30 to SC-32: what Istio's admission would say. */
export function checkSidecar({ metadata, spec }: Subject<SidecarSpec>, log: FindingLog): void {
  const { workloadSelector: selector, ingress = [], egress = [], outboundTrafficPolicy, inboundConnectionPool } = spec;
  if (selector !== undefined) checkWorkloads(log.at('spec.workloadSelector'), selector.labels);
  if (
    ingress.length + egress.length === 0 &&
    outboundTrafficPolicy === undefined &&
    inboundConnectionPool === undefined
  ) {
    log.at('spec').error('REQUIRED', 'sidecar: empty configuration provided; write egress, ingress or a policy');
    return;
  }
  checkIngressListeners(log.at('spec.ingress'), ingress);
  if (inboundConnectionPool !== undefined) {
    checkConnectionPool(log.at('spec.inboundConnectionPool'), inboundConnectionPool);
  }
  checkEgressListeners(log.at('spec.egress'), egress, metadata.namespace);
  if (outboundTrafficPolicy !== undefined) {
    checkOutboundPolicy(log.at('spec.outboundTrafficPolicy'), outboundTrafficPolicy);
  }
}

function checkWorkloads(log: FindingLog, labels: Readonly<Record<string, string>> | undefined): void {
  checkSelector(log.at('labels'), labels);
  if (Object.keys(labels ?? {}).length > 0) return;
  const message =
    'sidecar: workload selector specified without labels, will be applied to all services in namespace; leave it out';
  log.warning('INEFFECTIVE', message);
}

/** SC-32 */
function checkOutboundPolicy(log: FindingLog, { mode, egressProxy }: OutboundTrafficPolicySpec): void {
  if (mode === 'ALLOW_ANY_DYNAMIC_DNS') {
    const message = 'sidecar: ALLOW_ANY_DYNAMIC_DNS mode is only supported in MeshConfig; use ALLOW_ANY here';
    log.at('mode').error('INVALID_VALUE', message);
    return;
  }
  if (egressProxy === undefined) return;
  const here = log.at('egressProxy');
  if (mode !== 'ALLOW_ANY') {
    here.error('CONFLICT', 'sidecar: egress_proxy must be set only with ALLOW_ANY outbound_traffic_policy mode');
    return;
  }
  const problem = fqdnProblem(egressProxy.host ?? '');
  if (problem !== undefined) here.at('host').error('INVALID_VALUE', problem);
  if (egressProxy.port === undefined) {
    here.at('port').error('REQUIRED', 'sidecar: egress_proxy port must be non-nil; set port.number');
    return;
  }
  checkDestination(here, egressProxy);
}
