import type { AnalyzedMesh } from '../../analyze/analyzed-mesh.ts';
import { analyze } from '../../analyze/analyze.ts';
import type { Finding } from '../../analyze/finding.ts';
import type { Issue } from '../../base/issue.ts';
import type { Labels } from '../../base/labels.ts';
import { compile } from '../../compile/compile.ts';
import type { Resource } from '../../resources/resource.ts';
import { buildProxyView } from '../../view/build-proxy-view.ts';
import type { ProxyFacts, ProxyType } from '../../view/proxy-facts.ts';
import type { ProxyView } from '../../view/proxy-view.ts';
import { readNode } from '../../view/read-node.ts';
import { viewFacts } from '../../view/view-facts.ts';
import type { World } from '../../world/world.ts';
import { missingDestinations } from '../build/missing-destinations.ts';

export interface MeshToAnalyze {
  readonly resources: readonly Resource[];
  readonly world: World;
  /** What the world was built with. */
  readonly issues: readonly Issue[];
  readonly proxies: AnalyzedMesh['proxies'];
}

/**
 * Tries what proxies would be given: a sidecar without labels in each namespace that has objects, and a router for each set of
 * labels that Gateways select, in the namespace of the Gateway. Between any two of them `breathe` is called, so that a service
 * can answer others meanwhile.
 */
export async function analyzeMesh(
  { resources, world, issues, proxies }: MeshToAnalyze,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly Finding[]> {
  const views = new Map<string, ProxyView>();
  const all = [...issues];
  const missing = missingDestinations();
  for (const facts of triedProxies(resources, world)) {
    const view = buildProxyView(world, viewFacts(world, facts));
    const ir = compile(view.value);
    all.push(...view.issues, ...ir.issues, ...missing(ir.value));
    if (facts.type === 'sidecar') views.set(facts.namespace, view.value);
    await breathe();
  }
  return analyze({ resources, world, views, issues: all, proxies });
}

function triedProxies(resources: readonly Resource[], { gateways }: World): readonly ProxyFacts[] {
  const namespaces = new Set(resources.map(({ metadata }) => metadata.namespace).filter((each) => each !== ''));
  const routers = new Map(
    gateways.map(({ namespace, selector = {} }) => [JSON.stringify([namespace, selector]), { namespace, selector }]),
  );
  return [
    ...[...namespaces].sort().map((namespace) => triedProxy('sidecar', namespace, {})),
    ...[...routers.values()].map(({ namespace, selector }) => triedProxy('router', namespace, selector)),
  ].filter((facts) => facts !== undefined);
}

/** At an address that no instance should have. `undefined` for a namespace that is no name for one. */
function triedProxy(type: ProxyType, namespace: string, labels: Labels): ProxyFacts | undefined {
  const node = readNode({ id: `analysis.${namespace}`, type, namespace, labels, ips: ['192.0.2.1'] });
  return node.ok ? node.value : undefined;
}
