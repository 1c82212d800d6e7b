import type { OutlierCheck, OutlierIr } from '../ir/cluster.ts';
import { encodeDuration } from './duration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { withoutAbsent, withoutDefaults } from './without-defaults.ts';

/** An OutlierDetection. Ejection by success rate, which Envoy does by default, is switched off (DR-27). */
export function encodeOutlierDetection(outlier: OutlierIr): ProtoJson {
  const { serverErrors, gatewayErrors, localFailures, interval, baseEjectionTime } = outlier;
  return {
    ...withoutAbsent({
      consecutive5xx: serverErrors?.afterFailures,
      enforcingConsecutive5xx: serverErrors && enforcing(serverErrors),
      consecutiveGatewayFailure: gatewayErrors?.afterFailures,
      enforcingConsecutiveGatewayFailure: gatewayErrors && enforcing(gatewayErrors),
      consecutiveLocalOriginFailure: localFailures?.check?.afterFailures,
      enforcingConsecutiveLocalOriginFailure: localFailures?.check && enforcing(localFailures.check),
      enforcingLocalOriginSuccessRate: localFailures && 0,
      interval: interval && encodeDuration(interval),
      baseEjectionTime: baseEjectionTime && encodeDuration(baseEjectionTime),
      maxEjectionPercent: outlier.maxEjectionPercent,
      enforcingSuccessRate: 0,
    }),
    ...withoutDefaults({ splitExternalLocalOriginErrors: localFailures !== undefined }),
  };
}

/** Percent of detected hosts that are really ejected. */
const enforcing = ({ afterFailures }: OutlierCheck): number => (afterFailures > 0 ? 100 : 0);
