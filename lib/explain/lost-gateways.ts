import { printLabels } from '../base/labels.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { ResourceKey } from '../resources/resource.ts';
import { isSelected } from '../view/gateway-ports.ts';
import type { MergedGateway } from '../view/merged-gateway.ts';
import type { ViewFacts } from '../view/proxy-view.ts';
import type { GatewaySource } from '../world/gateways.ts';
import type { Reason } from './explanation.ts';
import type { Sight } from './sight.ts';

/** The Gateways whose servers share a listener. */
export function gatewaysAt({ listeners }: MergedGateway, { port }: Pick<ListenerIr, 'port'>): readonly Reason[] {
  const servers = listeners.filter((listener) => listener.port === port).flatMap((listener) => listener.servers);
  return servers.map(({ gateway, path, hosts, port: written }) => ({
    resource: gateway,
    reason: `${path} opens port ${written} for ${hosts.join(', ')}`,
  }));
}

/** The Gateways with a server on a port that this router does not serve, and why. */
export function lostGateways(sight: Sight, port: number): readonly Reason[] {
  const { gateways } = sight.world;
  return reasonsFor(
    sight,
    gateways.filter(({ servers }) => servers.some((server) => server.port === port)),
  );
}

/** Every Gateway of which the router serves nothing, and why. */
export const unusedGateways = (sight: Sight): readonly Reason[] => reasonsFor(sight, sight.world.gateways);

function reasonsFor({ view }: Sight, gateways: readonly GatewaySource[]): readonly Reason[] {
  const listeners = view.gateway?.listeners ?? [];
  const served = new Set<ResourceKey>(listeners.flatMap(({ servers }) => servers.map(({ gateway }) => gateway)));
  return gateways
    .filter(({ source }) => !served.has(source))
    .map((gateway) => ({ resource: gateway.source, reason: whyUnserved(gateway, view.facts) }));
}

function whyUnserved(gateway: GatewaySource, facts: ViewFacts): string {
  const { attachedServices, routersIn, selector } = gateway;
  if (isSelected(gateway, facts)) return 'none of its servers can be served beside those that came first';
  if (attachedServices !== undefined) return 'the proxy serves none of the services that it is attached to';
  if (routersIn !== undefined && routersIn !== facts.namespace) return `it is for routers of namespace ${routersIn}`;
  return `it selects routers with ${printLabels(selector ?? {})}`;
}
