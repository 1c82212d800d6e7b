import { serviceKey } from '../model/service.ts';
import type { World } from '../world/world.ts';
import type { ViewFacts } from './proxy-view.ts';

/** Label of a service whose ports do not translate the ports of Gateways. */
const NO_TRANSLATION = 'experimental.istio.io/disable-gateway-port-translation';

/**
 * GW-4: which port a router binds for the port that a Gateway names: the target port of the oldest of the router's own
 * services that has it, so that a load balancer may take 80 to 8080; the port itself where no own service has it.
 */
export function gatewayPorts(world: World, facts: ViewFacts): (port: number) => number {
  const own = new Set(facts.ownPorts.map(({ service }) => service));
  const targets = new Map<number, number>();
  for (const { namespace, hostname, labels } of world.services) {
    const key = serviceKey(namespace, hostname);
    if (!own.has(key) || Object.hasOwn(labels, NO_TRANSLATION)) continue;
    for (const { service, port, targetPort } of facts.ownPorts) {
      if (service === key && !targets.has(port)) targets.set(port, targetPort);
    }
  }
  return (port) => targets.get(port) ?? port;
}
