import type { HostName } from '../../base/host-name.ts';
import { keepIfEqual, type Recall, recallList } from '../../base/recall.ts';
import type { MeshSettings } from '../../model/mesh-settings.ts';
import { type Endpoint, type Service, serviceKey, type ServiceKey } from '../../model/service.ts';
import type { Kind } from '../../resources/kinds.ts';
import { keyOf, type Resource } from '../../resources/resource.ts';
import { type Credentials, credentialsIn } from './credentials.ts';
import type { ServiceIndex } from './gateway-addresses.ts';
import { wantedAddresses } from './gateway-attachment.ts';
import type { MeshSecrets } from '../secrets.ts';
import { classStatements, gatewayClasses } from './gateway-classes.ts';
import type { MadeGateway } from './gateway-documents.ts';
import { gatewayStatements, remoteStatements } from './gateway-statements.ts';
import { type GatewayFacts, type ListenerSet, readGateway } from './gateways.ts';
import { type NamespaceLabels, namespaceLabels } from './namespace-labels.ts';
import { referenceGrants } from './reference-grants.ts';
import { GATEWAY_API_GROUP, type RouteParent } from './route-parent.ts';
import type { StatedObject } from './stated-condition.ts';

/** What the documents of the Gateway API come to: documents as Istio has them, and what is said of each. */
export interface GatewayApi {
  readonly gateways: readonly MadeGateway[];
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
];

const NOTHING: GatewayApi = { gateways: [], statements: [] };

/** The kinds of which there has to be one for anything to be made. */
const NEEDED: readonly Kind[] = ['GatewayClass', 'Gateway.gateway.networking.k8s.io', 'ListenerSet'];

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
    convertGateways({ ...input, namespaces, byKind: (kind) => ofKind(byKind(kind), kind) }, inner),
  );
}

interface ConvertInput extends Omit<GatewayApiInput, 'byKind'> {
  readonly byKind: <K extends Kind>(kind: K) => readonly OfKind<K>[];
  readonly namespaces: readonly string[];
}

type OfKind<K extends Kind> = Extract<Resource, { readonly kind: K }>;

const ofKind = <K extends Kind>(documents: readonly Resource[], kind: K): readonly OfKind<K>[] =>
  documents.filter((document): document is OfKind<K> => document.kind === kind);

function convertGateways(input: ConvertInput, recall: Recall): GatewayApi {
  const classes = ours(input.byKind('GatewayClass'));
  const classOf = recall.value('classes', classes, () => gatewayClasses(classes));
  const setsOf = Map.groupBy(ours(input.byKind('ListenerSet')), parentOf);
  const facts = readFacts(input, recall);
  const services = serviceIndex(input, recall);
  const made: MadeGateway[] = [];
  const parents = new Map<string, readonly RouteParent[]>();
  const statements: StatedObject[] = [...classStatements(classes)];
  for (const gateway of ours(input.byKind('Gateway.gateway.networking.k8s.io'))) {
    const { name, namespace } = gateway.metadata;
    const sets = setsOf.get(`${namespace}/${name}`) ?? [];
    const role = classOf(gateway.spec.gatewayClassName ?? '');
    if (role?.role === 'remote') {
      statements.push(...remoteStatements(gateway, { sets, className: role.className }));
    } else if (role !== undefined) {
      const wanted = wantedAddresses(gateway, role, { domainSuffix: input.mesh.domainSuffix, services });
      const inputs = [gateway, facts, wanted.isByLabel, ...sets, ...wanted.services];
      const isLost = wanted.services.length === 0 && !wanted.isByLabel;
      const read = recall.value(`gateway ${keyOf(gateway)}`, inputs, () =>
        readGateway(gateway, { sets, attachment: wanted }, facts),
      );
      if (!isLost) {
        for (const owner of [read, ...read.sets]) {
          made.push(...owner.made);
          parents.set(keyOf(owner.owner), owner.parents);
        }
      }
      statements.push(...gatewayStatements({ ...read, wanted }, { ...facts, services, attachedRoutes: new Map() }));
    }
  }
  return {
    gateways: recallList(recall, 'gateways', made),
    statements: recallList(
      recall,
      'statements',
      statements.map((each) => recall.value(`status ${each.target}`, [{}], (last) => keepIfEqual(last, each))),
    ),
  };
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

const externalAddresses = (documents: readonly Resource<'Service'>[], { domainSuffix }: MeshSettings) =>
  new Map(
    documents.flatMap(({ metadata, spec }) => {
      const { name, namespace } = metadata;
      const addresses = spec.externalIPs ?? [];
      const host = `${name}.${namespace}.svc.${domainSuffix}`.toLowerCase();
      return addresses.length === 0 ? [] : [[serviceKey(namespace, host), addresses] as const];
    }),
  );
