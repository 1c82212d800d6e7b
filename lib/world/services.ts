import { oldestFirst } from '../base/age.ts';
import { canonicalJson } from '../base/hashing.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { serviceKey, type Endpoint, type Service, type ServiceKey } from '../model/service.ts';
import type { Resource } from '../resources/resource.ts';
import { readEndpointSlices, serviceName } from './endpoint-slices.ts';
import { readKubernetesService } from './kubernetes-services.ts';
import { readServiceEntry } from './service-entries.ts';
import type { ReadService } from './read-service.ts';
import { readWorkloadEntries } from './workload-entries.ts';

export interface ServicesAndEndpoints {
  /** Oldest first (SR-3), at most one per namespace and host name (SR-4). */
  readonly services: readonly Service[];
  readonly endpoints: ReadonlyMap<ServiceKey, readonly Endpoint[]>;
}

/** All that is said about one host in one namespace, oldest first. */
type Group = [ReadService, ...ReadService[]];

/** Every service that documents say, whatever their kind, with the places where it is served. */
export function readServices(resources: readonly Resource[], mesh: MeshSettings): Noted<ServicesAndEndpoints> {
  const issues: Issue[] = [];
  const byKey = new Map<ServiceKey, Group>();
  for (const item of readAll(resources, mesh).sort(byAge)) {
    const key = serviceKey(item.service.namespace, item.service.hostname);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [item]);
    else group.push(item);
  }
  const services: Service[] = [];
  const endpoints = new Map<ServiceKey, readonly Endpoint[]>();
  for (const [key, same] of byKey) {
    const { service, notes } = uniteServices(same, mesh);
    issues.push(...notes);
    services.push(service);
    endpoints.set(key, uniteEndpoints(service, same));
  }
  return { value: { services: services.sort(serviceAge), endpoints }, issues };
}

function readAll(resources: readonly Resource[], mesh: MeshSettings): ReadService[] {
  const workloads = readWorkloadEntries(resources, mesh);
  const slices = readEndpointSlices(resources, mesh);
  const value: ReadService[] = [];
  for (const resource of resources) {
    const { name, namespace } = resource.metadata;
    if (resource.kind === 'ServiceEntry') {
      value.push(...readServiceEntry(resource, workloads.get(namespace) ?? [], mesh));
    }
    if (resource.kind === 'Service') {
      const read = readKubernetesService(resource, workloads.get(namespace) ?? [], mesh);
      if (read === undefined) continue;
      const sliced = slices.get(serviceName(namespace, name)) ?? [];
      const known = resource.spec.publishNotReadyAddresses === true ? sliced.map(ready) : sliced;
      value.push({ ...read, endpoints: [...known, ...read.endpoints] });
    }
  }
  return value;
}

/** SR-18: a service that wants its unready instances to be found calls them healthy. */
const ready = (endpoint: Endpoint): Endpoint =>
  endpoint.health === 'unhealthy' ? { ...endpoint, health: 'healthy' } : endpoint;

/** SR-4, SE-13, SC-16: the oldest says what the service is, a Service before any ServiceEntry; equals add ports and addresses. */
function uniteServices(same: Group, mesh: MeshSettings): { service: Service; notes: readonly Issue[] } {
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

const uniqueByNumber = (services: readonly Service[]): Service['ports'] => {
  const ports = new Map<number, Service['ports'][number]>();
  for (const port of services.flatMap((service) => service.ports)) {
    if (!ports.has(port.number)) ports.set(port.number, port);
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

/** SR-3: age first; documents of one age by their own names, and one document's hosts in the order of their names. */
const byAge = (a: ReadService, b: ReadService): number => serviceAge(a.service, b.service);

function serviceAge(a: Service, b: Service): number {
  return oldestFirst(aged(a), aged(b)) || (a.hostname < b.hostname ? -1 : a.hostname > b.hostname ? 1 : 0);
}

const aged = ({ createdAt, source, namespace }: Service): Parameters<typeof oldestFirst>[0] => ({
  createdAt,
  name: source.slice(source.lastIndexOf('/') + 1),
  namespace,
});

const shadowed = (lost: Service, kept: Service): Issue => ({
  severity: 'warning',
  code: 'SERVICE_SHADOWED',
  resource: lost.source,
  path: '',
  message: `${lost.hostname} is already described by ${kept.source}, which is older or a Service; only this document's endpoints count`,
});
