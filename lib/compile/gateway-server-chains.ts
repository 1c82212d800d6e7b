import { hostsForNamespace, hostsOverlap, intersectHosts, type HostName } from '../base/host-name.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { FilterChainIr, NetworkFilterIr } from '../ir/listener.ts';
import type { ConnectionMatch } from '../model/connection-rule.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { GatewayServer } from '../view/merged-gateway.ts';
import type { ListenerView } from './listener-view.ts';
import {
  namesToMatch,
  NOTHING_TO_DRAW,
  PARTIAL_WILDCARDS,
  ruleFilters,
  unusable,
  type ConnectionPlace,
} from './connection-filters.ts';
import { documentPath } from './document-path.ts';
import { ANY_CONNECTION, httpManager, metadataExchange, TIMED_CHAIN } from './filter-chains.ts';
import { autoPassthroughChains } from './gateway-auto-passthrough.ts';
import { gatewayTls } from './gateway-tls.ts';
import { offersHttp } from './offered-protocols.ts';

/** What the servers of a router are compiled with. */
export interface ServerView extends ListenerView {
  readonly byHost: ConnectionPlace['services'];
}

/** GW-26, GW-30, GW-31: the chains of one server that is not HTTP in plain text; none where its connections lead nowhere. */
export function serverChains(
  view: ServerView,
  server: GatewayServer,
  listenerName: string,
): Noted<readonly FilterChainIr[]> {
  const { tls } = server;
  if (tls.type === 'auto-passthrough') {
    const place = { mesh: view.mesh, idleTimeout: view.facts.idleTimeout };
    const value = autoPassthroughChains(namesOf(server), view.services, place);
    return { value, issues: value.length === 0 ? [withoutRoutes(server)] : [] };
  }
  if (tls.type === 'passthrough') return passthroughChains(view, server);
  const serverNames = tls.type === 'terminated' ? namesToMatch(namesOf(server)) : [];
  if (serverNames === undefined) return { value: [], issues: [rejected(server, PARTIAL_WILDCARDS)] };
  const filters = server.httpsRouteName === '' ? tcpFilters(view, server) : httpsFilters(view, server, listenerName);
  if (filters === undefined) return { value: [], issues: [withoutRoutes(server)] };
  const inside = server.httpsRouteName === '' ? 'tcp' : 'http';
  const context = tls.type === 'terminated' ? gatewayTls(tls, { inside, facts: view.facts }) : undefined;
  return { value: [{ ...TIMED_CHAIN, match: { ...ANY_CONNECTION, serverNames }, tls: context, filters }], issues: [] };
}

/** GW-5: what clients call the server, whatever namespace may bind to it. */
const namesOf = ({ hosts }: GatewayServer): readonly HostName[] =>
  [...new Set(hosts.map((host) => host.slice(host.indexOf('/') + 1)))].sort();

/** A server that has a name is counted under it, as it is. */
function httpsFilters(
  view: ListenerView,
  { httpsRouteName, name }: GatewayServer,
  listenerName: string,
): NetworkFilterIr[] {
  const routes = { by: 'name', name: httpsRouteName } as const;
  const manager = httpManager(view, { listenerClass: 'gateway', statPrefix: `outbound_${listenerName}`, routes });
  return [name === '' ? manager : { ...manager, statPrefix: name }];
}

/** GW-31: by the first rule of the first table that fits. */
function tcpFilters(view: ServerView, server: GatewayServer): readonly NetworkFilterIr[] | undefined {
  const place = placeOf(view, server);
  const exchanges = server.tls.type === 'terminated' && server.tls.mode === 'istio-mutual';
  for (const table of tablesOf(server)) {
    const fits = table.tcp.filter(
      ({ matches }) => matches.length === 0 || matches.some((match) => holds(match, server)),
    );
    for (const rule of fits) {
      const filters = ruleFilters(rule, table, place);
      const exchange = exchanges ? metadataExchange(view.facts) : [];
      if (filters !== undefined) return [...exchange, ...connectionPolicies(view), ...filters];
    }
  }
  return undefined;
}

/** FC-7, AZ-37 */
const connectionPolicies = ({ authorization: { tcp } }: ServerView): readonly NetworkFilterIr[] => [
  ...tcp.asking,
  ...tcp.deciding,
];

/** GW-30: one chain for each match of a TLS rule, narrowed to what the server serves. */
function passthroughChains(view: ServerView, server: GatewayServer): Noted<readonly FilterChainIr[]> {
  const place = placeOf(view, server);
  const issues: Issue[] = [];
  const value: FilterChainIr[] = [];
  for (const table of tablesOf(server)) {
    const served = hostsForNamespace(server.hosts, table.namespace);
    for (const rule of table.tls) {
      const filters = ruleFilters(rule, table, place);
      if (filters === undefined) issues.push(unusable(rule, NOTHING_TO_DRAW));
      for (const match of filters === undefined ? [] : rule.matches.filter((each) => holds(each, server))) {
        const names = intersectHosts(match.serverNames, served);
        const serverNames = namesToMatch(names);
        if (serverNames === undefined) issues.push(unusable(rule, PARTIAL_WILDCARDS));
        if (names.length === 0 || serverNames === undefined || filters === undefined) continue;
        value.push({
          ...TIMED_CHAIN,
          match: { ...ANY_CONNECTION, serverNames },
          source: documentPath(rule.origin.resource),
          tellsSource: view.facts.profile === 'envoy',
          filters: [...connectionPolicies(view), ...filters],
        });
      }
    }
  }
  if (value.length === 0 && issues.length === 0) issues.push(withoutRoutes(server));
  return { value, issues };
}

const placeOf = ({ byHost, mesh, facts }: ServerView, server: GatewayServer): ConnectionPlace => ({
  port: { name: server.portName, number: server.port, protocol: server.protocol },
  services: byHost,
  mesh,
  offersHttp: offersHttp(facts),
  idleTimeout: facts.idleTimeout,
});

/** GW-17: tables that speak for some host of the server. */
function tablesOf({ hosts, routeTables }: GatewayServer): readonly RouteTable[] {
  return routeTables.filter((table) => {
    const served = hostsForNamespace(hosts, table.namespace);
    return table.hosts.some((host) => served.some((own) => hostsOverlap(own, host)));
  });
}

/** VS-19: at a gateway the workload that a connection comes from is not known, so the source has no say. */
const holds = ({ port, gateways }: ConnectionMatch, server: GatewayServer): boolean =>
  (port === 0 || port === server.port) && (gateways.length === 0 || gateways.includes(server.gatewayName));

const NOTHING_SERVED: Readonly<Record<GatewayServer['tls']['type'], string>> = {
  undeclared: 'no VirtualService has a tcp route for this server, so that nothing is served there',
  terminated: 'no VirtualService has a tcp route for this server, so that nothing is served there',
  passthrough: 'no VirtualService has a tls route for this server, so that nothing is served there',
  'auto-passthrough': 'no service of the mesh has a host that this server has, so that nothing is served there',
};

const withoutRoutes = ({ gateway, path, tls }: GatewayServer): Issue => ({
  severity: 'warning',
  code: 'GATEWAY_SERVER_WITHOUT_ROUTES',
  resource: gateway,
  path,
  message: NOTHING_SERVED[tls.type],
});

function rejected({ gateway, path }: GatewayServer, message: string): Issue {
  return { severity: 'error', code: 'GATEWAY_SERVER_REJECTED', resource: gateway, path, message };
}
