import type { HostName } from '../base/host-name.ts';
import { hashOf } from '../base/hashing.ts';
import type { StageMemory } from '../base/stage-memory.ts';
import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts';
import type { Service } from '../model/service.ts';
import type { EgressSource, SidecarSource } from '../model/sidecar.ts';
import { isVisibleTo } from '../model/visibility.ts';
import type { World } from '../world/world.ts';
import { gatewayRouteTables } from './gateway-route-tables.ts';
import type { ViewFacts } from './proxy-view.ts';
import { sidecarOf } from './sidecar-choice.ts';
import { destinationPorts, importedAliases, importedServices, importsOf, importsTable } from './sidecar-imports.ts';
import { EVERY_PORT, scopeOf, type EgressListener, type SidecarScope } from './sidecar-scope.ts';
import { servicesInSight, serviceSeer, visibleAliases } from './services.ts';
import { tableDestinations } from './table-destinations.ts';
import { unitedServices, type OfferedService } from './united-services.ts';
import type { VisibleService } from './visible-service.ts';

/** What a proxy may call. */
export interface BuiltScope {
  readonly scope: SidecarScope;
  /** All that its listeners import and routes lead to, at most one per host name (SC-16). */
  readonly services: readonly VisibleService[];
}

/** SC-1 to SC-19: the scope of the one Sidecar that a proxy has, or the default one. */
export function buildScope(world: World, facts: ViewFacts, memory: StageMemory): BuiltScope {
  const sidecar = sidecarOf(world, facts);
  const settings = scopeOf(sidecar, world.mesh);
  return sidecar === undefined
    ? defaultScope({ world, facts, memory }, settings)
    : writtenScope({ world, facts, memory }, sidecar, settings);
}

interface Building {
  readonly world: World;
  readonly facts: ViewFacts;
  readonly memory: StageMemory;
}

type ScopeSettings = Omit<SidecarScope, 'egress'>;

/** SC-3, SC-4: everything in sight. Routes lead nowhere else, because what is not in sight may not be called. */
function defaultScope({ world, facts, memory }: Building, settings: ScopeSettings): BuiltScope {
  const see = serviceSeer(world, facts, memory);
  const services = servicesInSight(world, facts, memory).map((service) =>
    see(service, visibleAliases(world, facts, service)),
  );
  const routeTables = facts.type === 'router' ? [] : gatewayRouteTables(world, facts, MESH_GATEWAY);
  const egress = facts.type === 'router' ? [] : [{ ...EVERY_PORT, services, routeTables }];
  return { scope: { ...settings, egress }, services };
}

/** What one listener imports before it is said how the proxy sees it. */
interface Imports {
  readonly source: EgressSource;
  readonly services: readonly OfferedService[];
  readonly routeTables: readonly RouteTable[];
}

function writtenScope(building: Building, sidecar: SidecarSource, settings: ScopeSettings): BuiltScope {
  const { world, facts, memory } = building;
  const tables = gatewayRouteTables(world, facts, MESH_GATEWAY);
  const imports = sidecar.egress.map((source) => importsOfListener(building, source, tables));
  const united = unitedServices(
    imports.flatMap((each) => [...each.services, ...ledTo(building, each)]),
    memory,
  );
  const see = serviceSeer(world, facts, memory);
  const services = united.map(({ service, aliases }) => see(service, aliases));
  const policies = new Map(services.map(({ service, policy }) => [service.hostname, policy]));
  const egress = imports.map(({ source: { port, bind, capture }, ...imported }): EgressListener => ({
    port,
    bind,
    capture,
    services: imported.services.map(({ service, aliases }) => ({
      ...see(service, aliases),
      policy: policies.get(service.hostname), // SC-17: of the one that the scope has
    })),
    routeTables: imported.routeTables,
  }));
  return { scope: { ...settings, egress }, services };
}

function importsOfListener(
  { world, facts, memory }: Building,
  source: EgressSource,
  tables: readonly RouteTable[],
): Imports {
  const { namespace } = facts;
  const imported = memory.derived(`imports ${namespace} ${hashOf(source)}`, world.services, (all) =>
    importedServices(all, source, namespace),
  );
  const imports = importsOf(source.hosts, namespace);
  return {
    source,
    services: imported.map((each) => ({
      service: each.service,
      aliases: importedAliases(visibleAliases(world, facts, each.service), each),
    })),
    routeTables: tables.filter((table) => importsTable(imports, table)),
  };
}

/** SC-14: services to which the tables of a listener lead, though none of its hosts names them. */
function ledTo({ world, facts, memory }: Building, { source, routeTables }: Imports): readonly OfferedService[] {
  const { namespace } = facts;
  const byHost = memory.derived('services by host', world.services, servicesOfHosts);
  return routeTables.flatMap((table) => {
    const destinations = memory.derived(`destinations for ${namespace}`, table, (of) =>
      tableDestinations(of, namespace),
    );
    return [...destinations].flatMap(([host, ports]) => {
      const service = bestInSight(byHost.get(host) ?? [], namespace);
      const meant = service && destinationPorts(service, ports, source.port);
      return meant === undefined ? [] : [{ service: meant, aliases: visibleAliases(world, facts, meant) }];
    });
  });
}

const servicesOfHosts = (services: readonly Service[]): ReadonlyMap<HostName, readonly Service[]> =>
  Map.groupBy(services, ({ hostname }) => hostname);

/** The viewer's own, else a Service, else the oldest; of equal age the first by namespace. Of what is not visible nobody can be led to anything. */
function bestInSight(services: readonly Service[], viewer: string): Service | undefined {
  const visible = services.filter(({ visibility }) => isVisibleTo(visibility, viewer));
  const own = visible.find(({ namespace }) => namespace === viewer);
  const native = visible.find(({ registry }) => registry === 'kubernetes');
  return own ?? native ?? visible.toSorted(byAge)[0];
}

function byAge(a: Service, b: Service): number {
  const [left, right] = [`${a.createdAt} ${a.namespace}`, `${b.createdAt} ${b.namespace}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
