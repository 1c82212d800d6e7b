import type { Issue, Noted } from '../base/issue.ts';
import { selects } from '../base/labels.ts';
import { noMemory, type StageMemory } from '../base/stage-memory.ts';
import { rulesOfNamespace, serverModes, type PeerRules, type ServerModes } from '../model/mutual-tls.ts';
import type { World } from '../world/world.ts';
import { buildAuthorization } from './build-authorization.ts';
import { buildScope } from './build-scope.ts';
import { mergeGateways } from './merge-gateways.ts';
import type { MergedGateway } from './merged-gateway.ts';
import type { JwtRule } from '../model/request-authentication.ts';
import { attachedPolicies } from './attached-policies.ts';
import type { ProxyView, ViewFacts } from './proxy-view.ts';
import { ownInstances } from './own-instances.ts';
import { visibleSecrets } from './build-secrets.ts';

/** What one class of proxies may see of the world. Nothing that exportTo or a selector hides from them is in it. */
export function buildProxyView(world: World, facts: ViewFacts, memory: StageMemory = noMemory): Noted<ProxyView> {
  const { scope, services: imported } = buildScope(world, facts, memory);
  const { authorization, services, issues } = buildAuthorization({ world, facts, memory }, imported);
  const gateway = facts.type === 'router' ? mergedGateway(world, facts, memory) : undefined;
  const rules = rulesOfNamespace(world.peerPolicies, facts.namespace);
  return {
    value: {
      facts,
      mesh: world.mesh,
      services,
      instances: ownInstances(world, facts, services),
      mutualTls: facts.type === 'sidecar' ? serverModes(rules, facts.selectedLabels) : OF_ROUTERS,
      scope,
      gateway: gateway?.value,
      secrets: visibleSecrets(world, facts, gateway?.value),
      requestAuthentication: requestAuthentication(world, facts),
      authorization,
    },
    issues: [...(gateway?.issues ?? []), ...secondRules(rules, facts), ...issues],
  };
}

/** Made again only where something changed that merging looks at, which instances of services are not. */
function mergedGateway(world: World, facts: ViewFacts, memory: StageMemory): Noted<MergedGateway> {
  const { gateways, services, routeTables } = world;
  const inputs = [facts, ...gateways, ...services, ...routeTables];
  return memory.combined('merged gateway', inputs, () => mergeGateways({ gateways, services, routeTables }, facts));
}

/** PA-16: what a router takes is said by its servers. */
const OF_ROUTERS: ServerModes = { mode: 'permissive', ports: [], source: undefined };

/** PA-11: a workload has one policy of its own. */
function secondRules({ workloads }: PeerRules, { type, selectedLabels }: ViewFacts): readonly Issue[] {
  if (type !== 'sidecar') return [];
  const [first, ...others] = workloads.filter(({ selector }) => selects(selector, selectedLabels));
  return others.map(({ source }) => ({
    severity: 'error',
    code: 'PEER_AUTHENTICATION_CONFLICT',
    resource: source,
    path: 'spec.selector',
    message: `${first?.source ?? ''} is older and selects some of the same workloads, which take nothing from here; select others, or join the two`,
  }));
}
/** RA-17, ATT-13: the rules of its own namespace, then those of the root namespace. */
const requestAuthentication = ({ mesh, requestAuthentications }: World, facts: ViewFacts): readonly JwtRule[] =>
  attachedPolicies(requestAuthentications, [facts.namespace, mesh.rootNamespace], facts).flatMap(({ rules }) => rules);
