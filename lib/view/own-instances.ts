import { serviceKey } from '../model/service.ts';
import type { World } from '../world/world.ts';
import { inboundPolicy } from './policy-lookup.ts';
import type { ProxyFacts } from './proxy-facts.ts';
import type { OwnInstance, OwnPort, ViewFacts, VisibleService } from './proxy-view.ts';

/** SR-12, SE-15: service ports served at one of the proxy's addresses, in its workload's namespace; by target port, services oldest first. */
export function ownPorts(world: Pick<World, 'servedPorts'>, proxy: ProxyFacts): readonly OwnPort[] {
  const served = world.servedPorts.get(proxy.workloadNamespace);
  const found = new Map<string, OwnPort>();
  for (const address of proxy.ips) {
    for (const { service, port, targetPort } of served?.get(address) ?? []) {
      found.set(`${service} ${port} ${targetPort}`, { service, port, targetPort });
    }
  }
  return [...found.values()].sort((a, b) => a.targetPort - b.targetPort); // stable: the oldest service stays first on a port
}

/** The services behind the proxy's own ports, with the policy that speaks about their servers. */
export function ownInstances(
  world: World,
  facts: ViewFacts,
  inScope: readonly VisibleService[],
): readonly OwnInstance[] {
  if (facts.ownPorts.length === 0) return [];
  const wanted = new Set(facts.ownPorts.map(({ service }) => service));
  const services = new Map(
    world.services
      .map((service) => [serviceKey(service.namespace, service.hostname), service] as const)
      .filter(([key]) => wanted.has(key)),
  );
  const scoped = new Map(inScope.map(({ service }) => [service.hostname, service]));
  return facts.ownPorts.flatMap(({ service: key, port: number, targetPort }) => {
    const service = services.get(key);
    const port = service?.ports.find((each) => each.number === number);
    if (service === undefined || port === undefined) return [];
    const called = scoped.get(service.hostname); // SC-17
    return [{ service, port, targetPort, policy: called && inboundPolicy(world, facts, called) }];
  });
}
