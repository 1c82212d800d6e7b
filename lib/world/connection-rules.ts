import { parseIpAddress, parseIpPrefix, type IpRange } from '../base/ip-address.ts';
import type { ConnectionMatch, ConnectionRule, WeightedEnd } from '../model/connection-rule.ts';
import type { RuleOrigin } from '../model/rule-origin.ts';
import type { TcpRoute, TlsRoute } from '../resources/virtual-service-spec.ts';
import type { NameResolver } from './name-resolver.ts';

/** The `tcp` or `tls` routes of a VirtualService with full names. Those that lead nowhere (TR-7), or name no range that can be read, are left out. */
export function readConnectionRules(
  routes: readonly (TcpRoute | TlsRoute)[] | undefined,
  names: NameResolver,
  originOf: (index: number) => RuleOrigin,
): readonly ConnectionRule[] {
  return (routes ?? []).flatMap((route, index) => {
    const [first, ...others] = (route.route ?? []).map((end) => readEnd(end, names));
    const written = route.match ?? [];
    const matches = written.flatMap((match) => readMatch(match, names));
    if (first === undefined || matches.length < written.length) return [];
    return [{ origin: originOf(index), matches, destinations: [first, ...others] }];
  });
}

function readEnd(
  { destination, weight = 0 }: NonNullable<TcpRoute['route']>[number],
  names: NameResolver,
): WeightedEnd {
  const { host, subset = '', port } = destination ?? {};
  return { destination: { host: names.host(host), subset, port: port?.number ?? 0 }, weight };
}

type WrittenMatch = NonNullable<(TcpRoute | TlsRoute)['match']>[number];

/** None where a range cannot be read: without it the match would hold for every address. */
function readMatch(match: WrittenMatch, names: NameResolver): ConnectionMatch[] {
  const { destinationSubnets = [], port = 0, sourceLabels = {}, sourceNamespace = '', gateways = [] } = match;
  const serverNames = 'sniHosts' in match ? (match.sniHosts ?? []) : [];
  const destinations = destinationSubnets.flatMap(readRange);
  if (destinations.length < destinationSubnets.length) return [];
  return [
    {
      serverNames: [...new Set(serverNames.map((name) => name.toLowerCase()))],
      destinations,
      port,
      sourceLabels,
      sourceNamespace,
      gateways: gateways.map(names.gateway),
    },
  ];
}

/** A CIDR, or an address as the range that holds it alone. */
function readRange(written: string): IpRange[] {
  const address = parseIpAddress(written);
  if (address !== undefined) return [{ address: written, bits: address.length * 8 }];
  const prefix = parseIpPrefix(written);
  return prefix === undefined ? [] : [{ address: written.slice(0, written.indexOf('/')), bits: prefix.bits }];
}
