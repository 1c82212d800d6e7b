import type { Issue, Noted } from '../../base/issue.ts';
import { compile } from '../../compile/compile.ts';
import { encodeProxy } from '../../envoy/encode-proxy.ts';
import type { EnvoyResource } from '../../envoy/envoy-resource.ts';
import { buildProxyView } from '../../view/build-proxy-view.ts';
import type { ViewFacts } from '../../view/proxy-view.ts';
import type { World } from '../../world/world.ts';

/** The line from a world to what one class of proxies is given: view, compile, encode. */
export function buildResources(world: World, facts: ViewFacts): Noted<readonly EnvoyResource[]> {
  const view = buildProxyView(world, facts);
  const ir = compile(view.value);
  const issues: Issue[] = [...view.issues, ...ir.issues];
  return { value: encodeProxy(ir.value), issues };
}
