import type { HostName } from '../base/host-name.ts';
import type { Noted } from '../base/issue.ts';
import type { Labels } from '../base/labels.ts';
import type { PieceKind, StageMemory } from '../base/stage-memory.ts';
import type { RouteIr } from '../ir/route-configuration.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { ServicePort } from '../model/service.ts';
import { hasHashKey } from './hash-key.ts';
import { compileHttpRoutes } from './http-routes.ts';
import type { RouteAttachment, RoutedService } from './route-attachment.ts';

/** All that the HTTP routes of one table at one place depend on. */
interface TableRoutesArgument extends Omit<RouteAttachment, 'services'> {
  readonly table: RouteTable;
  readonly destinations: readonly RouteDestination[];
}

/** A service that the table leads to, as far as its routes look at it. */
interface RouteDestination extends RoutedService {
  readonly host: HostName;
}

const TABLE_ROUTES: PieceKind<TableRoutesArgument, Noted<readonly RouteIr[]>> = {
  name: 'table-routes',
  type: 'routes',
  make: ({ table, destinations, ...at }) =>
    compileHttpRoutes(table, { ...at, services: new Map(destinations.map((service) => [service.host, service])) }),
  configs: ({ table, destinations }) => [
    ...new Set([table.source, ...table.http.map(({ origin }) => origin.resource)]),
    ...destinations.flatMap(({ policy }) => policy?.from ?? []),
  ],
};

/** The HTTP routes that a table gives at one place, made once for all places that are alike to it. */
export function tableRoutes(table: RouteTable, at: RouteAttachment, memory: StageMemory): Noted<readonly RouteIr[]> {
  const { readsSource, hosts } = memory.derived('what a table reads', table, readsOf);
  const argument: TableRoutesArgument = {
    table,
    gateway: at.gateway,
    listenerPort: at.listenerPort,
    usesTls: at.usesTls,
    infersPorts: at.infersPorts,
    namespace: readsSource ? at.namespace : '',
    labels: readsSource ? at.labels : NO_LABELS,
    mesh: at.mesh,
    destinations: destinationsOf(hosts, at, memory),
  };
  const made = memory.piece(TABLE_ROUTES, argument);
  return { value: memory.combined('routes of a table', [made], () => made.value), issues: made.issues };
}

const NO_LABELS: Labels = {};
const NO_PORTS: readonly ServicePort[] = [];
const NO_DESTINATIONS: readonly RouteDestination[] = [];

interface TableReads {
  /** Whether any match looks at where a request comes from (RT-2). */
  readonly readsSource: boolean;
  /** Hosts of destinations, each once. */
  readonly hosts: readonly HostName[];
}

function readsOf({ http }: RouteTable): TableReads {
  const looksAtSource = http.some(({ matches }) =>
    matches.some(({ sourceLabels, sourceNamespace }) => sourceNamespace !== '' || Object.keys(sourceLabels).length > 0),
  );
  const hosts = http.flatMap(({ action }) =>
    action.type === 'forward'
      ? [...action.destinations, ...action.mirrors].map(({ destination }) => destination.host)
      : [],
  );
  return { readsSource: looksAtSource, hosts: [...new Set(hosts)] };
}

/** Those that are called by another name than their own, whose policy hashes, and where a port may be left out (RT-21) all. */
function destinationsOf(
  hosts: readonly HostName[],
  { services, infersPorts }: RouteAttachment,
  memory: StageMemory,
): readonly RouteDestination[] {
  const found = hosts.flatMap((host) => {
    const known = services.get(host);
    if (known === undefined) return [];
    const policy = hasHashKey(known.policy) ? known.policy : undefined;
    const { hostname } = known.service;
    if (policy === undefined && !infersPorts && hostname === host) return [];
    const ports = infersPorts ? known.service.ports : NO_PORTS;
    const inputs = policy === undefined ? [ports] : [ports, policy];
    return [
      memory.combined(`destination ${host} ${hostname}`, inputs, () => ({
        host,
        service: { hostname, ports },
        policy,
      })),
    ];
  });
  return found.length === 0 ? NO_DESTINATIONS : memory.combined('destinations', found, (all) => [...all]);
}
