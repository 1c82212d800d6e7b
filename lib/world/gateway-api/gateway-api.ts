import type { HostName } from '../../base/host-name.ts';
import { keepIfEqual, type Recall, recallList } from '../../base/recall.ts';
import type { MeshSettings } from '../../model/mesh-settings.ts';
import { type Endpoint, type Service, serviceKey, type ServiceKey } from '../../model/service.ts';
import type { Kind } from '../../resources/kinds.ts';
import { keyOf, type Resource, resourceKey } from '../../resources/resource.ts';
import { type Credentials, credentialsIn } from './credentials.ts';
import type { ServiceIndex } from './gateway-addresses.ts';
import { canBeFound, wantedAddresses, type WantedAddresses } from './gateway-attachment.ts';
import { kubernetesHost } from '../kubernetes-services.ts';
import type { MeshSecrets } from '../secrets.ts';
import { classStatements, gatewayClasses } from './gateway-classes.ts';
import type { MadeGateway } from './gateway-documents.ts';
import { type AttachedRoutes, gatewayStatements, remoteStatements } from './gateway-statements.ts';
import {
  type ApiGateway,
  type GatewayFacts,
  type ListenerSet,
  type ReadGateway,
  type ReadOwner,
  readGateway,
} from './gateways.ts';
import { type NamespaceLabels, namespaceLabels } from './namespace-labels.ts';
import { makeBackendTls, type MadeBackendTls, policyTargets } from './backend-tls.ts';
import type { ConvertedRoute, RouteResource } from './converted-route.ts';
import type { RouteDocument } from './route-documents.ts';
import type { RouteLookup } from './route-facts.ts';
import { routeLookup } from './route-lookup.ts';
import { makeRoutes } from './routes.ts';
import { referenceGrants } from './reference-grants.ts';
import { GATEWAY_API_GROUP, type RouteParent } from './route-parent.ts';
import type { StatedObject } from './stated-condition.ts';

/** What the documents of the Gateway API come to: documents as Istio has them, and what is said of each. */
export interface GatewayApi {
  readonly gateways: readonly MadeGateway[];
  /** VirtualServices that were made of routes. */
  readonly routes: readonly RouteDocument[];
  /** DestinationRules that were made of policies. */
  readonly policies: readonly Resource<'DestinationRule'>[];
  readonly statements: readonly StatedObject[];
}

/** What it is read from. */
export interface GatewayApiInput {
  /** All documents of a kind, and nothing else. */
  readonly byKind: (kind: Kind) => readonly Resource[];
  readonly mesh: MeshSettings;
  readonly services: readonly Service[];
  readonly endpoints: ReadonlyMap<ServiceKey, readonly Endpoint[]>;
  readonly secrets: Pick<MeshSecrets, 'secrets' | 'configMaps'>;
}

/** Kinds of documents that it reads. */
const READ: readonly Kind[] = [
  'GatewayClass',
  'Gateway.gateway.networking.k8s.io',
  'ListenerSet',
  'ReferenceGrant',
  'Namespace',
  'Service',
  'ServiceEntry',
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'BackendTLSPolicy',
];

const NOTHING: GatewayApi = { gateways: [], routes: [], policies: [], statements: [] };

/** The kinds of which there has to be one for anything to be made. */
const NEEDED: readonly Kind[] = [
  'GatewayClass',
  'Gateway.gateway.networking.k8s.io',
  'ListenerSet',
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'BackendTLSPolicy',
];

/**
 * The front end of the Gateway API: from here on nobody knows in which language something was written, except by its origin
 * (GA-2, GA-13). What did not change is the very same object as in the last run.
 */
export function readGatewayApi(resources: readonly Resource[], input: GatewayApiInput, recall: Recall): GatewayApi {
  const { byKind, mesh, services, endpoints, secrets } = input;
  if (NEEDED.every((kind) => byKind(kind).length === 0)) return NOTHING;
  // A namespace is there as soon as something is in it.
  const used = new Set(resources.map(({ metadata }) => metadata.namespace).filter((name) => name !== ''));
  const namespaces = recallList(recall, 'used namespaces', [...used].sort());
  const inputs = [...READ.map(byKind), namespaces, mesh, services, endpoints, secrets.secrets, secrets.configMaps];
  return recall.stage('gateway api', inputs, (inner) =>
    convertAll({ ...input, namespaces, byKind: (kind) => ofKind(byKind(kind), kind) }, inner),
  );
}

interface ConvertInput extends Omit<GatewayApiInput, 'byKind'> {
  readonly byKind: <K extends Kind>(kind: K) => readonly OfKind<K>[];
  readonly namespaces: readonly string[];
}

type OfKind<K extends Kind> = Extract<Resource, { readonly kind: K }>;

const ofKind = <K extends Kind>(documents: readonly Resource[], kind: K): readonly OfKind<K>[] =>
  documents.filter((document): document is OfKind<K> => document.kind === kind);

function convertAll(input: ConvertInput, recall: Recall): GatewayApi {
  const classes = ours(input.byKind('GatewayClass'));
  const facts = readFacts(input, recall);
  const services = serviceIndex(input, recall);
  const gateways = readOwnGateways(input, { classes, facts, services }, recall);
  const routes = makeRoutes(routesIn(input), lookupFor(input, { facts, services, gateways }), recall);
  const policies = recalledPolicies(input, { facts, services }, recall);
  const attachedRoutes = countAttached(routes.routes);
  const stated = [
    ...classStatements(classes),
    ...gateways.flatMap((each) =>
      each.role === 'remote'
        ? remoteStatements(each.gateway, each)
        : gatewayStatements({ ...each.read, wanted: each.wanted }, { ...facts, services, attachedRoutes }),
    ),
    ...routes.routes.map(({ source, parents }) => ({ target: source, parents })),
    ...policies.statements,
  ];
  return {
    gateways: recallList(
      recall,
      'gateways',
      gateways.flatMap((each) => ownersOf(each).flatMap(({ made }) => made)),
    ),
    routes: routes.documents,
    policies: policies.documents,
    statements: recallList(
      recall,
      'statements',
      stated.map((each) => recall.value(`status ${each.target}`, [{}], (last) => keepIfEqual(last, each))),
    ),
  };
}

/** A Gateway that is ours, as far as it is read. */
type OwnGateway =
  | { readonly role: 'own'; readonly read: ReadGateway; readonly wanted: WantedAddresses }
  | {
      readonly role: 'remote';
      readonly gateway: ApiGateway;
      readonly sets: readonly ListenerSet[];
      readonly className: string;
    };

interface GatewaySources {
  readonly classes: readonly Resource<'GatewayClass'>[];
  readonly facts: GatewayFacts;
  readonly services: ServiceIndex;
}

function readOwnGateways(
  input: ConvertInput,
  { classes, facts, services }: GatewaySources,
  recall: Recall,
): readonly OwnGateway[] {
  const classOf = recall.value('classes', classes, () => gatewayClasses(classes));
  const setsOf = Map.groupBy(ours(input.byKind('ListenerSet')), parentOf);
  return ours(input.byKind('Gateway.gateway.networking.k8s.io')).flatMap((gateway): readonly OwnGateway[] => {
    const { name, namespace } = gateway.metadata;
    const sets = setsOf.get(`${namespace}/${name}`) ?? [];
    const role = classOf(gateway.spec.gatewayClassName ?? '');
    if (role === undefined) return [];
    if (role.role === 'remote') return [{ role: 'remote', gateway, sets, className: role.className }];
    const wanted = wantedAddresses(gateway, role, { domainSuffix: input.mesh.domainSuffix, services });
    const inputs = [gateway, facts, wanted.isByLabel, ...sets, ...wanted.services];
    const read = recall.value(`gateway ${keyOf(gateway)}`, inputs, () =>
      readGateway(gateway, { sets, attachment: wanted }, facts),
    );
    return [{ role: 'own', read, wanted }];
  });
}

/** What of a Gateway is served: itself and its ListenerSets, where routers of it can be found. */
function ownersOf(gateway: OwnGateway): readonly ReadOwner[] {
  if (gateway.role === 'remote') return [];
  return canBeFound(gateway.wanted) ? [gateway.read, ...gateway.read.sets] : [];
}

const routesIn = ({ byKind }: ConvertInput): readonly RouteResource[] =>
  ours([...byKind('HTTPRoute'), ...byKind('GRPCRoute'), ...byKind('TLSRoute'), ...byKind('TCPRoute')]);

interface LookupSources extends Pick<GatewaySources, 'facts' | 'services'> {
  readonly gateways: readonly OwnGateway[];
}

function lookupFor({ byKind, mesh }: ConvertInput, { facts, services, gateways }: LookupSources): RouteLookup {
  const parents = new Map(
    gateways
      .flatMap(ownersOf)
      .map(({ owner, parents: own }) => [
        `${owner.kind === 'ListenerSet' ? 'ListenerSet' : 'Gateway'}/${owner.metadata.namespace}/${owner.metadata.name}`,
        own,
      ]),
  );
  return routeLookup({
    domainSuffix: mesh.domainSuffix,
    byHost: (host) => services.byHost(host),
    serviceEntries: byKind('ServiceEntry'),
    listeners: (kind, namespace, name) => parents.get(`${kind}/${namespace}/${name}`) ?? NO_PARENTS,
    isGranted: facts.isGranted,
  });
}

const NO_PARENTS: readonly RouteParent[] = Object.freeze([]);

/** GA-25 */
function recalledPolicies(
  { byKind, mesh, services: all }: ConvertInput,
  { facts, services }: Pick<GatewaySources, 'facts' | 'services'>,
  recall: Recall,
): MadeBackendTls {
  const policies = ours(byKind('BackendTLSPolicy'));
  const entries = byKind('ServiceEntry');
  const inputs = [facts.credentials, all, mesh.domainSuffix, ...policies, null, ...entries];
  return recall.value('backend policies', policies.length === 0 ? [] : inputs, () =>
    makeBackendTls(policies, {
      target: policyTargets({ entries, domainSuffix: mesh.domainSuffix, byHost: (host) => services.byHost(host) }),
      trustProblem: (namespace, name) => facts.credentials.trustProblem('ConfigMap', namespace, name),
    }),
  );
}

/** GA-8: by owner and listener, how many routes are attached. */
function countAttached(routes: readonly ConvertedRoute[]): AttachedRoutes {
  const counts = new Map<string, Map<string, number>>();
  for (const { kind, namespace, name, section } of routes.flatMap(({ attachedTo }) => attachedTo)) {
    const key = resourceKey(kind === 'Gateway' ? 'Gateway.gateway.networking.k8s.io' : kind, namespace, name);
    const ofOwner = counts.get(key) ?? new Map<string, number>();
    counts.set(key, ofOwner.set(section, (ofOwner.get(section) ?? 0) + 1));
  }
  return counts;
}

/** GA-28: documents for another deployment than this one are none of ours. */
const REVISION_LABEL = 'istio.io/rev';
const OWN_REVISION = 'default';

const ours = <Each extends Resource>(documents: readonly Each[]): readonly Each[] =>
  documents.filter(({ metadata }) => [undefined, '', OWN_REVISION].includes(metadata.labels?.[REVISION_LABEL]));

/** `namespace/name` of the Gateway that a ListenerSet names; empty where it names something else. */
function parentOf({ metadata, spec }: ListenerSet): string {
  const {
    group = GATEWAY_API_GROUP,
    kind = 'Gateway',
    name = '',
    namespace = metadata.namespace,
  } = spec.parentRef ?? {};
  return group === GATEWAY_API_GROUP && kind === 'Gateway' ? `${namespace}/${name}` : '';
}

function readFacts({ byKind, namespaces, secrets }: ConvertInput, recall: Recall): GatewayFacts {
  const grants = byKind('ReferenceGrant');
  const written = byKind('Namespace');
  const parts: readonly [NamespaceLabels, Credentials, GatewayFacts['isGranted']] = [
    recall.value('namespace labels', [...written, namespaces], () => namespaceLabels(written, namespaces)),
    recall.value('credentials', [secrets.secrets, secrets.configMaps], () => credentialsIn(secrets)),
    recall.value('grants', grants, () => referenceGrants(grants)),
  ];
  return recall.value('facts', parts, () => ({ namespaces: parts[0], credentials: parts[1], isGranted: parts[2] }));
}

/** Services by host, as the addresses of Gateways name them. */
function serviceIndex({ byKind, mesh, services, endpoints }: ConvertInput, recall: Recall): ServiceIndex {
  const byHost = recall.value('services by host', [services], () => {
    const index = new Map<HostName, Map<string, Service>>();
    for (const service of services) {
      const known = index.get(service.hostname) ?? new Map<string, Service>();
      index.set(service.hostname, known.set(service.namespace, service));
    }
    return index;
  });
  const documents = byKind('Service');
  const external = recall.value('external addresses', [...documents, mesh], () => externalAddresses(documents, mesh));
  return {
    byHost: (host) => byHost.get(host) ?? NO_SERVICES,
    endpoints: (service) => endpoints.get(service) ?? [],
    externalAddresses: (service) => external.get(service) ?? [],
  };
}

const NO_SERVICES: ReadonlyMap<string, Service> = new Map();

const externalAddresses = (documents: readonly Resource<'Service'>[], mesh: MeshSettings) =>
  new Map(
    documents.flatMap((document) => {
      const addresses = document.spec.externalIPs ?? [];
      const host = kubernetesHost(document, mesh);
      return addresses.length === 0 ? [] : [[serviceKey(document.metadata.namespace, host), addresses] as const];
    }),
  );
