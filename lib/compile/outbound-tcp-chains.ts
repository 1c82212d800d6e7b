import { hostsOverlap, isWildcard, type HostName } from '../base/host-name.ts';
import type { Issue, Noted } from '../base/issue.ts';
import { selects } from '../base/labels.ts';
import { outboundCluster } from '../ir/cluster-name.ts';
import type { FilterChainIr, NetworkFilterIr } from '../ir/listener.ts';
import type { ConnectionMatch } from '../model/connection-rule.ts';
import { isTls } from '../model/protocol.ts';
import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts';
import type { Service, ServicePort } from '../model/service.ts';
import type { ListenedService, ListenerFacts, ListenerView } from './listener-view.ts';
import {
  clusterFilters,
  namesToMatch,
  NOTHING_TO_DRAW,
  PARTIAL_WILDCARDS,
  ruleFilters,
  unusable,
  type ConnectionPlace,
} from './connection-filters.ts';
import { documentPath } from './document-path.ts';
import { offersHttp } from './offered-protocols.ts';
import { dnsCacheOf } from './dns-lookups.ts';
import { ANY_CONNECTION, TIMED_CHAIN } from './filter-chains.ts';
import type { Claim } from './outbound-entry.ts';
import { aliasHosts } from './service-domains.ts';
import { statPrefix } from './stat-name.ts';

/** What decides about connections that nobody reads as HTTP. */
export interface ConnectionRouting {
  /** Of the whole view, which every egress listener may lead to. */
  readonly services: ReadonlyMap<HostName, ListenedService>;
  /** Tables with rules for connections, in selection order. */
  readonly tables: readonly RouteTable[];
}

/** TR-1 to TR-7: the chains for one service port in order; what no rule takes goes to the service itself. */
export function tcpChains(
  view: ListenerView,
  { services, tables }: ConnectionRouting,
  claim: Claim,
): Noted<readonly FilterChainIr[]> {
  const { visible, port } = claim;
  const { facts, mesh } = view;
  const building: Building = {
    facts,
    claim,
    place: { port, services, mesh, offersHttp: offersHttp(facts), idleTimeout: facts.idleTimeout },
    chains: [],
    issues: [],
  };
  const meant = tables.filter(({ hosts }) => hosts.some((host) => hostsOverlap(host, visible.service.hostname)));
  const isFinal = isTls(port.protocol) ? addTlsRules(building, meant) : addTcpRules(building, meant);
  const { chains, issues } = building;
  return { value: isFinal ? chains : [...chains, serviceChain(building)], issues };
}

/** The chains of one port while rules are still being added. */
interface Building {
  readonly facts: ListenerFacts;
  readonly claim: Claim;
  readonly place: ConnectionPlace;
  readonly chains: FilterChainIr[];
  readonly issues: Issue[];
}

/** TR-6: a rule for every address is the last one; the ranges of one rule share a chain. Answers whether there is a last one. */
function addTcpRules({ facts, claim, place, chains, issues }: Building, tables: readonly RouteTable[]): boolean {
  for (const table of tables) {
    for (const rule of table.tcp) {
      const matches = rule.matches.filter((match) => canHold(match, place.port, facts));
      if (rule.matches.length > 0 && matches.length === 0) continue;
      const filters = ruleFilters(rule, table, place);
      if (filters === undefined) {
        issues.push(unusable(rule, NOTHING_TO_DRAW));
        continue;
      }
      const isForAll = rule.matches.length === 0 || matches.some(({ destinations }) => destinations.length === 0);
      const destinationRanges = isForAll ? claim.socket.ranges : matches.flatMap(({ destinations }) => destinations);
      // Istio names the document only where a rule is for every address.
      const source = isForAll ? documentPath(rule.origin.resource) : '';
      chains.push({ ...TIMED_CHAIN, match: { ...ANY_CONNECTION, destinationRanges }, source, filters });
      if (isForAll) return true;
    }
  }
  return false;
}

/** TR-1, TR-3, TR-4: one chain per match; of two for the same names and ranges the first is met. Answers whether there is any. */
function addTlsRules({ facts, claim, place, chains, issues }: Building, tables: readonly RouteTable[]): boolean {
  for (const table of tables) {
    for (const rule of table.tls) {
      const matches = rule.matches.filter((match) => canHold(match, place.port, facts));
      if (matches.length === 0) continue;
      const filters = ruleFilters(rule, table, place);
      if (filters === undefined) issues.push(unusable(rule, NOTHING_TO_DRAW));
      for (const { serverNames, destinations } of filters === undefined ? [] : matches) {
        const names = namesToMatch(serverNames);
        if (names === undefined) issues.push(unusable(rule, PARTIAL_WILDCARDS));
        if (names === undefined || filters === undefined) continue;
        const destinationRanges = destinations.length > 0 ? destinations : claim.socket.ranges;
        const match = { ...ANY_CONNECTION, serverNames: names, destinationRanges };
        chains.push({ ...TIMED_CHAIN, match, source: documentPath(rule.origin.resource), filters });
      }
    }
  }
  return chains.length > 0;
}

/** TR-2 */
function canHold(
  match: ConnectionMatch,
  { number }: ServicePort,
  { namespace, selectedLabels }: ListenerFacts,
): boolean {
  if (match.port !== 0 && match.port !== number) return false;
  if (match.gateways.length > 0 && !match.gateways.includes(MESH_GATEWAY)) return false;
  const isFromHere = match.sourceNamespace === '' || match.sourceNamespace === namespace;
  return isFromHere && selects(match.sourceLabels, selectedLabels);
}

/** TR-5, TR-6: to the service itself. */
function serviceChain({ claim, place, facts }: Building): FilterChainIr {
  const { visible, port, servicePort, socket } = claim;
  const { service, policy, aliases } = visible;
  const cluster = outboundCluster(servicePort, '', service.hostname);
  const prefix = statPrefix(cluster, place.mesh.outboundStatName, { service, port, subset: '', targetPort: 0 });
  const filters = clusterFilters(cluster, { prefix, visible, policy, subset: '' }, place);
  return {
    ...TIMED_CHAIN,
    match: {
      ...ANY_CONNECTION,
      destinationRanges: socket.ranges,
      serverNames: isToldByName(claim)
        ? [service.hostname, ...aliases.flatMap((alias) => aliasHosts(alias, facts))]
        : [],
    },
    filters: [...lookupFilters(service, port, facts), ...filters],
  };
}

/**
 * TR-5: TLS is told apart by the server's name where services without an address of their own share the wildcard address, where
 * a range is all the address that there is, and where the name alone says which of many hosts is meant.
 */
export function isToldByName({ visible: { service }, port, socket }: Claim): boolean {
  const isManyHosts = service.resolution === 'dynamic-dns' && isWildcard(service.hostname);
  const isInRange = socket.reach !== 'own' && service.addresses[0]?.includes('/') === true;
  return isTls(port.protocol) && (socket.reach === 'wildcard' || isInRange || isManyHosts);
}

/** CL-2: a TLS client says the name that it wants, and is led to that. */
function lookupFilters(
  { resolution, hostname }: Service,
  { number, protocol }: ServicePort,
  facts: ListenerFacts,
): readonly NetworkFilterIr[] {
  if (resolution !== 'dynamic-dns' || !isTls(protocol)) return [];
  return [{ type: 'sni-dynamic-forward-proxy', cache: dnsCacheOf(hostname, facts), port: number }];
}
