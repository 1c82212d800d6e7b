import type { HostName } from '../base/host-name.ts';
import type { Destination, HttpRule } from '../model/http-rule.ts';
import type { RouteTable } from '../model/route-table.ts';

/** Hosts to which a table leads, each with the ports that it names; 0 stands for every port. */
export type TableDestinations = ReadonlyMap<HostName, ReadonlySet<number>>;

/** VS-18: for proxies of one namespace; rules that hold only for requests of others lead nowhere. */
export function tableDestinations({ http, tcp, tls }: RouteTable, viewer: string): TableDestinations {
  const found = new Map<HostName, Set<number>>();
  const destinations = [
    ...http.filter((rule) => mayHold(rule, viewer)).flatMap(ofHttp),
    ...[...tcp, ...tls].flatMap((rule) => rule.destinations.map(({ destination }) => destination)),
  ];
  for (const { host, port } of destinations) found.set(host, (found.get(host) ?? new Set()).add(port));
  return found;
}

const mayHold = ({ matches }: HttpRule, viewer: string): boolean =>
  matches.length === 0 || matches.some(({ sourceNamespace: from }) => from === '' || from === viewer);

function ofHttp({ action }: HttpRule): readonly Destination[] {
  if (action.type !== 'forward') return [];
  return [...action.destinations, ...action.mirrors].map(({ destination }) => destination);
}
