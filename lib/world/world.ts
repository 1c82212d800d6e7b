import type { Issue, Noted } from '../base/issue.ts';
import { type Recall, recallList, recallNothing } from '../base/recall.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { SidecarSource } from '../model/sidecar.ts';
import type { Endpoint, Service, ServiceKey } from '../model/service.ts';
import type { Kind } from '../resources/kinds.ts';
import type { Resource } from '../resources/resource.ts';
import type { AllocatedAddresses } from './allocated-addresses.ts';
import { type DecidingFact, decidingFacts } from './deciding-facts.ts';
import { readGatewayApi } from './gateway-api/gateway-api.ts';
import type { StatedObject } from './gateway-api/stated-condition.ts';
import { readGateways, type GatewaySource } from './gateways.ts';
import { readMeshSettings, type WorldOptions } from './mesh-settings.ts';
import { type MeshSecrets, readMeshSecrets } from './secrets.ts';
import { readAllTables } from './route-tables.ts';
import { attachedPolicyLists, readSecurityPolicies, type SecurityPolicies } from './security-policies.ts';
import { selectedLabels } from './selected-labels.ts';
import type { ServedPorts } from './served-ports.ts';
import { readServiceAliases, type ServiceAliases } from './service-aliases.ts';
import { sidecarChoices, type SidecarChoice } from './sidecar-choices.ts';
import { readSidecars } from './sidecars.ts';
import { readServices } from './services.ts';
import { allTrafficPolicies, readTrafficPolicies, type TrafficPolicies } from './traffic-policies.ts';

/** Every accepted resource at one revision, indexed. Each list is oldest first (G-2), whatever order the input had. */
export interface World extends MeshSecrets, SecurityPolicies {
  readonly mesh: MeshSettings;
  /** At most one per namespace and host name (SR-4). */
  readonly services: readonly Service[];
  readonly endpoints: ReadonlyMap<ServiceKey, readonly Endpoint[]>;
  /** For proxies that resolve names by them, by service: its addresses, where it has none of its own (SE-20). */
  readonly allocatedAddresses: AllocatedAddresses;
  readonly aliases: ServiceAliases;
  readonly routeTables: readonly RouteTable[];
  readonly trafficPolicies: TrafficPolicies;
  readonly gateways: readonly GatewaySource[];
  /** What is said of documents of the Gateway API, whose statuses their authors read. */
  readonly statements: readonly StatedObject[];
  /** In the order in which they are asked whether they select a workload (SC-1). */
  readonly sidecars: readonly SidecarSource[];
  /** What of them can tell two proxies of a namespace apart. */
  readonly sidecarChoices: readonly SidecarChoice[];
  /** Label keys that some selector names; only these can tell two proxies apart (VIEW-1, VIEW-2). */
  readonly selectedLabels: ReadonlySet<string>;
  /** Which facts about where and as whom a proxy runs can change what it is given. */
  readonly decidingFacts: ReadonlySet<DecidingFact>;
  /** By namespace: its service ports by the address at which they are served (SR-12). */
  readonly servedPorts: ReadonlyMap<string, ServedPorts>;
}

/**
 * Reads every resource once. A resource that makes no sense is left out and named in the issues; the others stay (G-6). With a
 * memory, everything that did not change since its last run is the very same object as in the world before.
 */
export function buildWorld(
  resources: readonly Resource[],
  options: WorldOptions = {},
  recall: Recall = recallNothing,
): Noted<World> {
  const issues: Issue[] = [];
  const take = <T>(noted: Noted<T>): T => {
    issues.push(...noted.issues);
    return noted.value;
  };
  const byKind = resourcesByKind(resources, recall);
  const stage = <T>(
    kind: Kind,
    read: (documents: readonly Resource[], inner: Recall) => T,
    more: readonly unknown[] = [],
  ): T => {
    const documents = byKind(kind);
    return recall.stage(kind, [documents, mesh, ...more], (inner) => read(documents, inner));
  };
  const [meshes, written] = [byKind('Mesh'), byKind('Service')];
  const mesh = take(readMesh(meshes, options, recall));
  const { services, endpoints, allocatedAddresses, servedPorts } = take(readServices(resources, mesh, recall));
  const aliases = take(recall.value('aliases', [written, mesh], () => readServiceAliases(written, mesh)));
  const secrets = readMeshSecrets(byKind, recall);
  const made = readGatewayApi(resources, { byKind, mesh, services, endpoints, secrets }, recall);
  const routeTables = take(
    stage('VirtualService', (documents, inner) => readAllTables(documents, made.routes, { mesh, recall: inner }), [
      made.routes,
    ]),
  );
  const trafficPolicies = take(
    stage('DestinationRule', (documents, inner) => readTrafficPolicies([...documents, ...made.policies], mesh, inner), [
      made.policies,
    ]),
  );
  const gateways = take(
    stage('Gateway', (documents, inner) => readGateways(documents, made.gateways, inner), [made.gateways]),
  );
  const policies = take(readSecurityPolicies(byKind, mesh, recall));
  const sidecars = take(stage('Sidecar', (documents, inner) => readSidecars(documents, mesh, inner)));
  const parts = { mesh, services, routeTables, trafficPolicies, gateways, sidecars, ...secrets, ...policies };
  const { statements } = made;
  return {
    value: {
      ...parts,
      ...{ endpoints, allocatedAddresses, aliases, statements, servedPorts },
      ...viewDifferences(parts, recall),
    },
    issues,
  };
}

type Differing = Pick<World, 'sidecarChoices' | 'selectedLabels' | 'decidingFacts'>;
type Deciding = SecurityPolicies &
  Pick<
    World,
    | 'mesh'
    | 'services'
    | 'routeTables'
    | 'trafficPolicies'
    | 'gateways'
    | 'sidecars'
    | 'secrets'
    | 'configMaps'
    | 'secretGrants'
  >;

/** What can tell two proxies apart. */
function viewDifferences(world: Deciding, recall: Recall): Differing {
  const { mesh, services, routeTables, gateways, sidecars, peerPolicies, secretGrants } = world;
  const policies = recall.value('policies', [world.trafficPolicies], () => allTrafficPolicies(world.trafficPolicies));
  return {
    sidecarChoices: recall.value('sidecar choices', [sidecars, mesh], () =>
      sidecarChoices(sidecars, mesh.rootNamespace),
    ),
    selectedLabels: selectedLabels(
      {
        mesh,
        trafficPolicies: policies,
        gateways,
        routeTables,
        services,
        peerPolicies,
        attached: attachedPolicyLists(world),
      },
      recall,
    ),
    decidingFacts: recall.value('deciding facts', [mesh, policies, services, gateways, secretGrants], () =>
      decidingFacts({ ...world, trafficPolicies: policies }),
    ),
  };
}

function readMesh(meshes: readonly Resource[], options: WorldOptions, recall: Recall): Noted<MeshSettings> {
  const { shortNameSuffix, drawsAddresses, hasNoMeshDefaults } = options;
  return recall.value('mesh', [meshes, shortNameSuffix, drawsAddresses, hasNoMeshDefaults], () =>
    readMeshSettings(meshes, options),
  );
}

/** The documents of a kind in the order given: the very same list as in the last run while none of its kind changed. */
function resourcesByKind(resources: readonly Resource[], recall: Recall): (kind: Kind) => readonly Resource[] {
  const byKind = Map.groupBy(resources, ({ kind }) => kind);
  return (kind) => recallList(recall, `documents of kind ${kind}`, byKind.get(kind) ?? []);
}
