import type { HostChoice, OutlierCheck, OutlierIr } from '../ir/cluster.ts';
import type { LoadBalancing, OutlierDetection } from '../model/traffic-policy.ts';

/** LB-14 to LB-16: how a host is chosen; least-request where nothing is said. */
export function hostChoice(lb: LoadBalancing | undefined): HostChoice {
  const algorithm = lb?.algorithm ?? { type: 'least-request' };
  const warmup = lb?.warmup;
  switch (algorithm.type) {
    case 'least-request':
    case 'round-robin':
      return { by: algorithm.type, slowStart: warmup && { window: warmup.duration, shape: warmup.shape } };
    case 'random':
      return { by: 'random' };
    case 'ring-hash':
      return { by: 'ring-hash', minimumRingSize: algorithm.minimumRingSize };
    case 'maglev':
      return { by: 'maglev', tableSize: algorithm.tableSize };
    case 'passthrough':
      return { by: 'discovery' };
  }
}

/** DR-27: only consecutive failures eject; what is not written keeps Envoy's numbers. */
export function outlierDetection(outlier: OutlierDetection): OutlierIr {
  const local = outlier.consecutiveLocalOriginFailures ?? 0;
  return {
    serverErrors: check(outlier.consecutive5xx),
    gatewayErrors: check(outlier.consecutiveGatewayErrors),
    localFailures: outlier.splitsLocalOrigin ? { check: local > 0 ? { afterFailures: local } : undefined } : undefined,
    interval: outlier.interval,
    baseEjectionTime: outlier.baseEjectionTime,
    maxEjectionPercent: outlier.maxEjectionPercent,
  };
}

const check = (afterFailures: number | undefined): OutlierCheck | undefined =>
  afterFailures === undefined ? undefined : { afterFailures };
