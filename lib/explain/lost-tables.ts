import { bySpecificity, hostsOverlap, type HostName } from '../base/host-name.ts';
import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts';
import { isVisibleTo } from '../model/visibility.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import type { Reason } from './explanation.ts';
import { exportedElsewhere } from './exported-elsewhere.ts';
import type { Sight } from './sight.ts';

/** The route tables about some of these hosts that did not decide, and why. */
export function lostTables(sight: Sight, hosts: readonly HostName[], decided: readonly Reason[]): readonly Reason[] {
  const winners = new Set<string>(decided.map(({ resource }) => resource));
  return sight.world.routeTables
    .filter((table) => !winners.has(table.source) && table.hosts.some(overlapsAny(hosts)))
    .map((table) => ({ resource: table.source, reason: whyTableLost(sight, table, { hosts, decided }) }));
}

const overlapsAny =
  (asked: readonly HostName[]) =>
  (written: HostName): boolean =>
    asked.some((host) => hostsOverlap(written, host));

/** Every route table that the proxy does not use at all, and why; those that it uses are in its view. */
export function unusedTables(sight: Sight): readonly Reason[] {
  const used = new Set(tablesIn(sight.view));
  return sight.world.routeTables
    .filter((table) => !used.has(table))
    .map((table) => ({ resource: table.source, reason: whyUnused(sight, table) }));
}

/** The route tables that a proxy uses. */
export function tablesIn({ scope, gateway }: ProxyView): readonly RouteTable[] {
  const ofServers = gateway?.listeners.flatMap(({ servers }) => servers.flatMap((server) => server.routeTables)) ?? [];
  return [...new Set([...scope.egress.flatMap(({ routeTables }) => routeTables), ...ofServers])];
}

/** About which hosts it was decided, and by what. */
interface Decided {
  readonly hosts: readonly HostName[];
  readonly decided: readonly Reason[];
}

function whyTableLost(sight: Sight, table: RouteTable, { hosts, decided }: Decided): string {
  if (!tablesIn(sight.view).includes(table)) return whyUnused(sight, table);
  const winner = sight.world.routeTables.find(({ source }) => decided.some(({ resource }) => resource === source));
  if (winner === undefined) return 'none of its routes matches the request';
  const [own, better] = [closestHost(table, hosts), closestHost(winner, hosts)];
  return own !== undefined && better !== undefined && bySpecificity(better, own) < 0
    ? `${winner.source} names the host more closely`
    : `${winner.source} speaks for the same host and comes first`;
}

/** The most specific of a table's hosts that covers one of those asked for. */
function closestHost(table: RouteTable, hosts: readonly HostName[]): HostName | undefined {
  const [closest] = table.hosts.filter(overlapsAny(hosts)).sort(bySpecificity);
  return closest;
}

function whyUnused({ world, view }: Sight, table: RouteTable): string {
  const { namespace } = view.facts;
  if (!isVisibleTo(table.visibility, namespace)) return exportedElsewhere(table.visibility, namespace);
  const [bound, own] = [table.gateways.join(', '), gatewaysOf(view)];
  if (!table.gateways.some((gateway) => own.includes(gateway))) {
    const missing = table.gateways.filter(
      (gateway) =>
        gateway !== MESH_GATEWAY && !world.gateways.some(({ namespace: of, name }) => `${of}/${name}` === gateway),
    );
    const unknown = missing.length > 0 ? `; there is no Gateway ${missing.join(', ')}` : '';
    return own.length === 0
      ? `it is bound to ${bound}, and no Gateway selects this proxy${unknown}`
      : `it is bound to ${bound}, and this proxy serves ${own.join(', ')}${unknown}`;
  }
  return view.gateway === undefined
    ? 'the Sidecar of this proxy imports none of its hosts'
    : 'no server of its gateways serves any of its hosts';
}

function gatewaysOf({ gateway }: ProxyView): readonly string[] {
  if (gateway === undefined) return [MESH_GATEWAY];
  return [...new Set(gateway.listeners.flatMap(({ servers }) => servers.map(({ gatewayName }) => gatewayName)))];
}
