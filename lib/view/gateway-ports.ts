import { selects } from '../base/labels.ts';
import { serviceKey } from '../model/service.ts';
import type { GatewaySource } from '../world/gateways.ts';
import type { World } from '../world/world.ts';
import type { OwnPort, ViewFacts } from './proxy-view.ts';

/** Label of a service whose ports do not translate the ports of Gateways. */
const NO_TRANSLATION = 'experimental.istio.io/disable-gateway-port-translation';

/** Which ports a router binds for the port that a server of a Gateway names. */
export type BoundPorts = (port: number) => readonly number[];

/**
 * GW-1, GW-2, GW-4: how a Gateway's ports become the router's, for Gateways that mean this router; `undefined` for others.
 * Selected by labels, a router binds one port for each: the target port of the oldest of its own services that has it, so
 * that a load balancer may take 80 to 8080, or the port itself where no own service has it. Named through a service, it
 * binds every target port of that service, and none for a port that the service does not have.
 */
export function gatewayPorts(
  world: Pick<World, 'services'>,
  facts: ViewFacts,
): (gateway: GatewaySource) => BoundPorts | undefined {
  const translated = translatedPorts(world, facts);
  return (gateway) => {
    if (isSelected(gateway, facts)) return (port) => [translated.get(port) ?? port];
    const own = facts.ownPorts.filter(({ service }) => gateway.attachedServices?.includes(service));
    return own.length === 0 ? undefined : (port) => targetPorts(own, port);
  };
}

/** Whether its selector means the router. */
export function isSelected(
  { attachedServices, routersIn, selector }: GatewaySource,
  { namespace, selectedLabels }: Pick<ViewFacts, 'namespace' | 'selectedLabels'>,
): boolean {
  if (attachedServices !== undefined && routersIn === undefined) return false;
  return (routersIn ?? namespace) === namespace && selects(selector, selectedLabels);
}

function targetPorts(own: readonly OwnPort[], port: number): readonly number[] {
  const targets = own.filter((each) => each.port === port).map(({ targetPort }) => targetPort);
  return [...new Set(targets)].sort((a, b) => a - b);
}

function translatedPorts({ services }: Pick<World, 'services'>, facts: ViewFacts): ReadonlyMap<number, number> {
  const own = Map.groupBy(facts.ownPorts, ({ service }) => service);
  const translated = new Map<number, number>();
  for (const { namespace, hostname, labels } of services) {
    if (Object.hasOwn(labels, NO_TRANSLATION)) continue;
    for (const { port, targetPort } of own.get(serviceKey(namespace, hostname)) ?? []) {
      if (!translated.has(port)) translated.set(port, targetPort);
    }
  }
  return translated;
}
