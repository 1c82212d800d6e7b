import { parseIstioVersion, printIstioVersion } from '../../view/istio-version.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';

/** How many proxies say that they are which release. */
export function versionsOf(proxies: readonly Pick<ProxyFacts, 'istioVersion'>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { istioVersion } of proxies) {
    const version = printIstioVersion(parseIstioVersion(istioVersion));
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  return counts;
}
