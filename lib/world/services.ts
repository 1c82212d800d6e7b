import { oldestFirst } from '../base/age.ts';
import { canonicalJson } from '../base/hashing.ts';
import type { Issue, Noted } from '../base/issue.ts';
import { keepIfEqual, type Recall, recallList, recallNothing } from '../base/recall.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { serviceKey, type Endpoint, type Service, type ServiceKey } from '../model/service.ts';
import type { Kind } from '../resources/kinds.ts';
import type { Resource } from '../resources/resource.ts';
import { ADDRESS_POOLS, allocateAddresses, type AddressWish, type AllocatedAddresses } from './allocated-addresses.ts';
import { readEndpointSlices } from './endpoint-slices.ts';
import { readKubernetesService } from './kubernetes-services.ts';
import { servedPorts, type ServedPorts } from './served-ports.ts';
import { readServiceEntry } from './service-entries.ts';
import type { ReadContext, ReadService } from './read-service.ts';
import { readWorkloadEntries } from './workload-entries.ts';
import { workloadIndex } from './workload-index.ts';

export interface ServicesAndEndpoints {
  /** Oldest first (SR-3), at most one per namespace and host name (SR-4). */
  readonly services: readonly Service[];
  readonly endpoints: ReadonlyMap<ServiceKey, readonly Endpoint[]>;
  /** Addresses that were given out to services without any; only proxies that resolve names by them may see them (SE-20). */
  readonly allocatedAddresses: AllocatedAddresses;
  /** By namespace. */
  readonly servedPorts: ReadonlyMap<string, ServedPorts>;
}

/** All that is said about one host in one namespace, oldest first. */
type Group = [ReadService, ...ReadService[]];

/** Every service that documents say, whatever their kind, with the places where it is served. */
export function readServices(
  resources: readonly Resource[],
  mesh: MeshSettings,
  recall: Recall = recallNothing,
): Noted<ServicesAndEndpoints> {
  const parts = [...Map.groupBy(resources.filter(isAboutServices), namespaceOf)].map(([namespace, own]) => {
    const documents = recallList(recall, `documents ${namespace}`, own);
    return recall.stage(`services ${namespace}`, [documents, mesh], (inner) => ({
      namespace,
      ...readNamespace(documents, { mesh, recall: inner, namespace: documents.find(isNamespace) }),
    }));
  });
  const lists = parts.map(({ services }) => services);
  const services = recall.value('services', lists, () => lists.flat().sort(serviceAge));
  const wishes = parts.map((part) => part.wishes);
  const written = parts.map((part) => part.written);
  const allocated = recall.value(
    'allocated addresses',
    [services, mesh.drawsAddresses, ...wishes, ...written],
    (last: Noted<AllocatedAddresses> | undefined) => {
      const pools = mesh.drawsAddresses ? ADDRESS_POOLS : [];
      return allocateAddresses(inOrder(services, wishes.flat()), written.flat(), { pools, last: last?.value });
    },
  );
  return {
    value: {
      services,
      allocatedAddresses: allocated.value,
      endpoints: new Map(parts.flatMap(({ endpoints }) => endpoints)),
      servedPorts: new Map(parts.map((part) => [part.namespace, part.served])),
    },
    issues: [...parts.flatMap(({ issues }) => issues), ...allocated.issues],
  };
}

/** SE-18: the oldest service is asked first. */
function inOrder(services: readonly Service[], wishes: readonly AddressWish[]): readonly AddressWish[] {
  const byService = new Map(wishes.map((wish) => [wish.service, wish]));
  return services.flatMap(({ namespace, hostname }) => byService.get(serviceKey(namespace, hostname)) ?? []);
}

const SERVICE_KINDS: ReadonlySet<Kind> = new Set([
  'Namespace',
  'Service',
  'EndpointSlice',
  'ServiceEntry',
  'WorkloadEntry',
]);
const isAboutServices = ({ kind }: Resource): boolean => SERVICE_KINDS.has(kind);
const isNamespace = (resource: Resource): resource is Resource<'Namespace'> => resource.kind === 'Namespace';
/** A Namespace speaks about what is in it. */
const namespaceOf = (resource: Resource): string =>
  isNamespace(resource) ? resource.metadata.name : resource.metadata.namespace;

/** The services of one namespace: no document speaks about those of another. */
interface NamespaceServices {
  readonly services: readonly Service[];
  readonly endpoints: readonly (readonly [ServiceKey, readonly Endpoint[]])[];
  readonly served: ServedPorts;
  readonly wishes: readonly AddressWish[];
  /** All addresses that its documents write. */
  readonly written: readonly string[];
  readonly issues: readonly Issue[];
}

function readNamespace(resources: readonly Resource[], context: ReadContext): NamespaceServices {
  const { recall } = context;
  const united = [...groups(readAll(resources, context))].map(([key, same]) => uniteGroup(key, same, context));
  const all = united.map(({ service }) => service).sort(serviceAge);
  const endpoints = united.map((each) => [each.key, each.endpoints] as const);
  return {
    services: recallList(recall, 'services', all),
    endpoints,
    served: servedPorts(all, new Map(endpoints)),
    wishes: recallList(
      recall,
      'wishes',
      united.flatMap(({ wish }) => wish ?? []),
    ),
    written: recallList(
      recall,
      'written addresses',
      all.flatMap(({ addresses }) => addresses),
    ),
    issues: united.flatMap(({ notes }) => notes),
  };
}

interface UnitedGroup extends UnitedService {
  readonly key: ServiceKey;
  readonly endpoints: readonly Endpoint[];
  readonly wish: AddressWish | undefined;
}

function uniteGroup(key: ServiceKey, same: Group, { mesh, recall }: ReadContext): UnitedGroup {
  const said = same.flatMap(({ service, accounts }) => [service, accounts.join(' ')]);
  const { service, notes } = recall.value(`service ${key}`, [mesh, ...said], (last: UnitedService | undefined) =>
    keepIfEqual(last, uniteServices(same, mesh)),
  );
  const places = same.map((item) => item.endpoints);
  const endpoints = recall.value(`endpoints ${key}`, [service, ...places], (last: readonly Endpoint[] | undefined) =>
    keepIfEqual(last, uniteEndpoints(service, same)),
  );
  const given = same.map((item) => item.givenAddresses);
  const wish = recall.value(`wish ${key}`, [service, ...given], () => wishOf(key, service, same));
  return { key, service, endpoints, notes, wish };
}

/** SE-16: the document that says what the service is says whether it wants an address; others may have been given one. */
function wishOf(key: ServiceKey, { source, addresses }: Service, same: Group): AddressWish | undefined {
  const owner = same.find(({ service }) => service.source === source);
  if (addresses.length > 0 || owner?.givenAddresses === undefined) return undefined;
  const given = same.flatMap(({ givenAddresses = [] }) => givenAddresses);
  return { service: key, source, given: [...new Set(given)] };
}

function groups(read: readonly ReadService[]): ReadonlyMap<ServiceKey, Group> {
  const byKey = new Map<ServiceKey, Group>();
  for (const item of [...read].sort(byAge)) {
    const key = serviceKey(item.service.namespace, item.service.hostname);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [item]);
    else group.push(item);
  }
  return byKey;
}

function readAll(resources: readonly Resource[], context: ReadContext): readonly ReadService[] {
  const { mesh, recall } = context;
  const slices = readEndpointSlices(resources, mesh, recall);
  const select = workloadIndex(readWorkloadEntries(resources, mesh, recall), recall);
  return resources.flatMap((resource): readonly ReadService[] => {
    if (resource.kind === 'ServiceEntry') {
      const { workloadSelector } = resource.spec;
      return readServiceEntry(resource, workloadSelector ? select(workloadSelector.labels ?? {}) : [], context);
    }
    if (resource.kind !== 'Service') return [];
    const { selector = {} } = resource.spec;
    const selected = Object.keys(selector).length === 0 ? [] : select(selector); // without one, slices alone count
    const sliced = slices.get(resource.metadata.name) ?? NO_ENDPOINTS;
    return [readKubernetesService(resource, { selected, sliced }, context) ?? []].flat();
  });
}

const NO_ENDPOINTS: readonly Endpoint[] = [];

interface UnitedService {
  readonly service: Service;
  readonly notes: readonly Issue[];
}

/** SR-4, SE-13, SC-16: the oldest says what the service is, a Service before any ServiceEntry; equals add ports and addresses. */
function uniteServices(same: Group, mesh: MeshSettings): UnitedService {
  const owner = same.find(({ service }) => service.registry === 'kubernetes') ?? same[0];
  const others = same.filter((item) => item !== owner);
  const equals = others.filter(({ service }) => alike(owner.service) === alike(service));
  const all = [owner, ...equals].map(({ service }) => service);
  const accounts = same.flatMap((item) => [...item.service.accounts, ...item.accounts]);
  return {
    service: {
      ...owner.service,
      ports: uniqueByNumber(all),
      addresses: [...new Set(all.flatMap(({ addresses }) => addresses))],
      accounts: [...new Set(accounts.flatMap((account) => withAliases(account, mesh)))].sort(),
    },
    notes: others.filter((item) => !equals.includes(item)).map((item) => shadowed(item.service, owner.service)),
  };
}

/** SR-10: a SPIFFE name under every trust domain that the mesh has or had; other names are as they are. */
function withAliases(account: string, { trustDomainAliases }: MeshSettings): readonly string[] {
  const [, path] = /^spiffe:\/\/[^/]+(\/.*)$/.exec(account) ?? [];
  return path === undefined ? [account] : [account, ...trustDomainAliases.map((domain) => `spiffe://${domain}${path}`)];
}

/** HN-15: the first port of each number; one of UDP makes way for any other. */
const uniqueByNumber = (services: readonly Service[]): Service['ports'] => {
  const ports = new Map<number, Service['ports'][number]>();
  for (const port of services.flatMap((service) => service.ports)) {
    const found = ports.get(port.number);
    if (found === undefined || (found.protocol === 'udp' && port.protocol !== 'udp')) ports.set(port.number, port);
  }
  return [...ports.values()];
};

/** What must be equal for two documents to describe one service together. */
const alike = ({ resolution, registry, labels, visibility }: Service): string =>
  canonicalJson({ resolution, registry, labels, visibility });

/** External endpoints first, each group oldest first; DNS round robin uses one per port (SE-11). */
function uniteEndpoints(service: Service, same: readonly ReadService[]): readonly Endpoint[] {
  const from = (registry: Service['registry']): readonly Endpoint[] =>
    same.filter((item) => item.service.registry === registry).flatMap(({ endpoints }) => endpoints);
  const all = [...from('external'), ...from('kubernetes')];
  if (service.resolution !== 'dns-round-robin') return all;
  const first = new Map<string, Endpoint>();
  for (const endpoint of all) if (!first.has(endpoint.portName)) first.set(endpoint.portName, endpoint);
  return [...first.values()];
}

const byAge = (a: ReadService, b: ReadService): number => serviceAge(a.service, b.service);

/** SR-3: age first, then the service's name: a host of an entry has none but itself. What is left is two entries for one host. */
function serviceAge(a: Service, b: Service): number {
  return oldestFirst(aged(a), aged(b)) || (a.source < b.source ? -1 : a.source > b.source ? 1 : 0);
}

const aged = ({ createdAt, registry, hostname, source, namespace }: Service): Parameters<typeof oldestFirst>[0] => ({
  createdAt,
  name: registry === 'external' ? hostname : source.slice(source.lastIndexOf('/') + 1),
  namespace,
});

const shadowed = (lost: Service, kept: Service): Issue => ({
  severity: 'warning',
  code: 'SERVICE_SHADOWED',
  resource: lost.source,
  path: '',
  message: `${lost.hostname} is already described by ${kept.source}, which is older or a Service; only this document's endpoints count`,
});
