import { isWildcard, mostSpecificMatch, type HostName } from '../base/host-name.ts';
import type { RouteTable } from '../model/route-table.ts';

/** Which route tables of a view speak for which services (VS-17, RD-10). */
export interface TableClaims {
  /** Tables that claim a service, in selection order: all that name its host, or else the one with the closest wildcard. */
  readonly claimants: (service: HostName) => readonly RouteTable[];
  /** Some of the tables, in selection order. */
  readonly inOrder: (some: Iterable<RouteTable>) => readonly RouteTable[];
}

export function tableClaims(tables: readonly RouteTable[]): TableClaims {
  const exact = new Map<HostName, RouteTable[]>();
  const wildcards = new Map<HostName, RouteTable>();
  for (const table of tables) {
    for (const host of new Set(table.hosts)) {
      if (!isWildcard(host)) exact.set(host, [...(exact.get(host) ?? []), table]);
      else if (!wildcards.has(host)) wildcards.set(host, table);
    }
  }
  const ranks = new Map(tables.map((table, rank) => [table, rank]));
  const rank = (table: RouteTable): number => ranks.get(table) ?? tables.length;
  return {
    claimants: (service) => {
      const named = exact.get(service);
      if (named !== undefined) return named;
      const closest = mostSpecificMatch(service, wildcards);
      return closest === undefined ? [] : [closest];
    },
    inOrder: (some) => [...some].sort((a, b) => rank(a) - rank(b)),
  };
}
