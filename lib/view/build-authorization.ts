import type { Issue } from '../base/issue.ts';
import type { StageMemory } from '../base/stage-memory.ts';
import type { Service } from '../model/service.ts';
import type { World } from '../world/world.ts';
import { proxyAuthorization } from './authorization.ts';
import type { ProxyAuthorization } from './proxy-authorization.ts';
import type { ViewFacts, VisibleService } from './proxy-view.ts';
import { serviceSeer } from './services.ts';

interface Building {
  readonly world: World;
  readonly facts: ViewFacts;
  readonly memory: StageMemory;
}

/** The policies of a proxy, beside all the services that it may call, those of its authorizers among them. */
export interface BuiltAuthorization {
  readonly authorization: ProxyAuthorization;
  readonly services: readonly VisibleService[];
  readonly issues: readonly Issue[];
}

/** What decides about requests to a proxy. Whom it asks is there whatever its Sidecar imports: else nothing would be let in. */
export function buildAuthorization(building: Building, imported: readonly VisibleService[]): BuiltAuthorization {
  const { world, facts, memory } = building;
  const { value, issues } = proxyAuthorization(world, facts, imported);
  return {
    authorization: remembered(value, memory),
    services: withAuthorizers(building, imported, value),
    issues,
  };
}

/** The same object for the same policies and authorizers, so that what is made of them is known again. */
function remembered(authorization: ProxyAuthorization, memory: StageMemory): ProxyAuthorization {
  const { policies, authorizers } = authorization;
  if (policies.length === 0) return authorization;
  const parts = [...policies, ...authorizers.flatMap(({ settings, service }) => [settings, service])];
  return memory.combined<object, ProxyAuthorization>('authorization', parts, () => authorization);
}

function withAuthorizers(
  { world, facts, memory }: Building,
  imported: readonly VisibleService[],
  { authorizers }: ProxyAuthorization,
): readonly VisibleService[] {
  const isMissing = ({ hostname }: Service): boolean => !imported.some(({ service }) => service.hostname === hostname);
  const missing = authorizers.map(({ service }) => service).filter(isMissing);
  if (missing.length === 0) return imported;
  const see = serviceSeer(world, facts, memory);
  return [...imported, ...missing.map((service) => see(service, []))];
}
