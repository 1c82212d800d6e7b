import type { Noted } from '../base/issue.ts';
import { noMemory, type StageMemory } from '../base/stage-memory.ts';
import type { World } from '../world/world.ts';
import { buildScope } from './build-scope.ts';
import { mergeGateways } from './merge-gateways.ts';
import type { MergedGateway } from './merged-gateway.ts';
import type { ProxyView, ViewFacts } from './proxy-view.ts';
import { ownInstances } from './own-instances.ts';
import { visibleSecrets } from './build-secrets.ts';

/** What one class of proxies may see of the world. Nothing that exportTo or a selector hides from them is in it. */
export function buildProxyView(world: World, facts: ViewFacts, memory: StageMemory = noMemory): Noted<ProxyView> {
  const { scope, services } = buildScope(world, facts, memory);
  const gateway = facts.type === 'router' ? mergedGateway(world, facts, memory) : undefined;
  return {
    value: {
      facts,
      mesh: world.mesh,
      services,
      instances: ownInstances(world, facts, services),
      scope,
      gateway: gateway?.value,
      secrets: visibleSecrets(world, facts, gateway?.value),
    },
    issues: gateway?.issues ?? [],
  };
}

/** Made again only where something changed that merging looks at, which instances of services are not. */
function mergedGateway(world: World, facts: ViewFacts, memory: StageMemory): Noted<MergedGateway> {
  const { gateways, services, routeTables } = world;
  const inputs = [facts, ...gateways, ...services, ...routeTables];
  return memory.combined('merged gateway', inputs, () => mergeGateways({ gateways, services, routeTables }, facts));
}
