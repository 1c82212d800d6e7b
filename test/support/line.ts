import type { Issue } from '../../lib/base/issue.ts';
import { compile } from '../../lib/compile/compile.ts';
import { encodeProxy } from '../../lib/envoy/encode-proxy.ts';
import type { EnvoyResource } from '../../lib/envoy/envoy-resource.ts';
import type { ProxyIr } from '../../lib/ir/proxy-ir.ts';
import { buildProxyView } from '../../lib/view/build-proxy-view.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import type { ProxyView } from '../../lib/view/proxy-view.ts';
import { viewFacts } from '../../lib/view/view-facts.ts';
import { buildWorld, type World } from '../../lib/world/world.ts';
import { unadmittedResourcesOf } from './documents.ts';
import { proxyFacts, type TestNode } from './proxy-facts.ts';

/** What every stage answers about one text of documents, for tests that look at one of them. */
export interface Line {
  readonly world: World;
  readonly view: ProxyView;
  readonly ir: ProxyIr;
  readonly resources: readonly EnvoyResource[];
  readonly issues: readonly Issue[];
}

/** Runs the whole line for one proxy, a sidecar of namespace `default` unless the node says otherwise. Admission is not asked. */
export function lineOf(text: string, node?: TestNode): Line {
  return lineOfResources(unadmittedResourcesOf(text), node);
}

/** The same from resources that are read already. */
export function lineOfResources(documents: readonly Resource[], node: TestNode = { type: 'sidecar' }): Line {
  const world = buildWorld(documents);
  const view = buildProxyView(world.value, viewFacts(world.value, proxyFacts(node)));
  const ir = compile(view.value);
  return {
    world: world.value,
    view: view.value,
    ir: ir.value,
    resources: encodeProxy(ir.value),
    issues: [...world.issues, ...view.issues, ...ir.issues],
  };
}
