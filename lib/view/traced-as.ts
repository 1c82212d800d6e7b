import type { ProxyFacts } from './proxy-facts.ts';

/** As what a proxy's spans name it. Empty parts were not said. */
export interface TracedAs {
  readonly service: string;
  readonly revision: string;
  readonly namespace: string;
  readonly clusterId: string;
  readonly meshId: string;
}

/** Who a proxy is to those who read spans. A stock Envoy has no tracer in its bootstrap, so its spans are nobody's. */
export function tracedAs({ profile, labels, workloadNamespace, clusterId, meshId }: ProxyFacts): TracedAs | undefined {
  if (profile !== 'istio-proxy') return undefined;
  return {
    service: labels['service.istio.io/canonical-name'] ?? '',
    revision: labels['service.istio.io/canonical-revision'] ?? '',
    namespace: workloadNamespace,
    clusterId,
    meshId,
  };
}
