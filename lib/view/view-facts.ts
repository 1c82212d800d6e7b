import { hashOf } from '../base/hashing.ts';
import { NOWHERE } from '../base/locality.ts';
import type { World } from '../world/world.ts';
import type { ProxyFacts } from './proxy-facts.ts';
import { ownPorts } from './own-instances.ts';
import { sidecarFacts } from './sidecar-facts.ts';
import type { ViewFacts, ViewKey } from './proxy-view.ts';
import { tracedAs } from './traced-as.ts';

/** What of a world decides which view a proxy has. Of the served ports only those of the proxy's own namespace matter. */
export type ViewSplit = Pick<World, 'selectedLabels' | 'decidingFacts' | 'servedPorts' | 'sidecarChoices'>;

/** The part of a proxy's facts that this world can tell apart (VIEW-1, VIEW-2, VIEW-5). */
export function viewFacts(world: ViewSplit, proxy: ProxyFacts): ViewFacts {
  const { id: _id, ips, labels, workloadNamespace: _namespace, meshId: _mesh, ...others } = proxy;
  const { network: _network, istioVersion: _version, ...shared } = others;
  const selected = Object.entries(labels).filter(([key]) => world.selectedLabels.has(key));
  return {
    ...shared,
    topology: proxy.type === 'router' ? shared.topology : undefined, // nothing stands before a sidecar
    locality: world.decidingFacts.has('locality') ? shared.locality : NOWHERE,
    clusterId: world.decidingFacts.has('clusterId') ? shared.clusterId : '',
    serviceAccount: world.decidingFacts.has('serviceAccount') ? shared.serviceAccount : '',
    selectedLabels: Object.fromEntries(selected),
    hasLabels: world.selectedLabels.size > 0 && Object.keys(labels).length > 0, // read beside a priority, which selects one
    ipFamily: ipFamily(ips),
    ...sidecarFacts(world, proxy),
    ownPorts: ownPorts(world, proxy),
    tracedAs: world.decidingFacts.has('tracedAs') ? tracedAs(proxy) : undefined,
  };
}

export const viewKey = (facts: ViewFacts): ViewKey => hashOf(facts) as string as ViewKey;

function ipFamily(ips: readonly string[]): 'v4' | 'v6' | 'dual' {
  const hasV6 = ips.some((ip) => ip.includes(':'));
  const hasV4 = ips.some((ip) => !ip.includes(':'));
  return hasV4 && hasV6 ? 'dual' : hasV6 ? 'v6' : 'v4';
}
