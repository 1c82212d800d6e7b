import { remembered } from '../../base/remembered.ts';
import { namedDocument } from '../../explain/named-document.ts';
import { parseClusterName } from '../../ir/cluster-name.ts';
import type { ClusterIr } from '../../ir/cluster.ts';
import type { FilterChainIr, ListenerIr } from '../../ir/listener.ts';
import type { ProxyIr } from '../../ir/proxy-ir.ts';
import type { VirtualHostIr } from '../../ir/route-configuration.ts';
import type { Endpoint, Service } from '../../model/service.ts';
import type { TrafficPolicy } from '../../model/traffic-policy.ts';
import type { ProxyView } from '../../view/proxy-view.ts';

/** Names of resources as `type/name`, by the key of a document that had a part in making them. */
export type ResourceSources = ReadonlyMap<string, ReadonlySet<string>>;

/** As much of a built view as the origins of its resources are read from. */
export interface OriginInputs {
  readonly view: Pick<ProxyView, 'services' | 'instances' | 'gateway'>;
  readonly ir: Pick<ProxyIr, 'clusters' | 'listeners' | 'routes' | 'secrets'>;
}

/** A resource as `type/name`, and documents that it was made of. */
type Origin = readonly [resource: string, documents: readonly string[]];

/**
 * Which documents made which resources of a view. Finer than what a piece depends on, because it is read by people: a service is a
 * source of its clusters, endpoints, virtual hosts and listeners, and not of what else is decided with a look at it.
 */
export type ReadOrigins = (built: OriginInputs) => readonly Origin[];

/** Reads origins with what it remembers of objects that it has seen: a build after a change is mostly made of these. */
export function originReader(): ReadOrigins {
  const known = documentMemory();
  return ({ view, ir }) => {
    const services = new Map<string, (typeof view.services)[number]>(
      view.services.map((visible) => [visible.service.hostname, visible]),
    );
    const [byPort, gateways] = [servicesByPort(view), gatewaysByRoutes(view)];
    return [
      ...ir.clusters.flatMap((cluster) => clusterOrigins(cluster, services, known)),
      ...inboundOrigins(view, known),
      ...ir.listeners.flatMap((listener) => listenerOrigins(listener, { view, byPort }, known)),
      ...ir.secrets.map(({ name, source }): Origin => [`secrets/${name}`, [source]]),
      ...ir.routes.flatMap(({ name, virtualHosts }): readonly Origin[] => [
        [`routes/${name}`, gateways.get(name) ?? []],
        ...virtualHosts.flatMap((host) => hostOrigins(`routes/${name}`, known.host(host), { services, known })),
      ]),
    ];
  };
}

type SeenView = OriginInputs['view'];
type Services = ReadonlyMap<string, SeenView['services'][number]>;

function documentMemory() {
  const byService = remembered<ReturnType<typeof remembered<readonly string[]>>>();
  const [byEndpoints, byListener] = [remembered<readonly string[]>(), remembered<readonly string[]>()];
  const [byCluster, byHost] = [remembered<ReturnType<typeof namesOf>>(), remembered<HostDocuments>()];
  return {
    service: (service: Service, policy: TrafficPolicy | undefined): readonly string[] =>
      byService(service, () => remembered())(policy ?? service, () => [service.source, ...(policy?.from ?? [])]),
    endpoints: (endpoints: readonly Endpoint[]): readonly string[] =>
      byEndpoints(endpoints, () => [...new Set(endpoints.map(({ source }) => source))]),
    cluster: (cluster: ClusterIr) => byCluster(cluster, () => namesOf(cluster)),
    host: (host: VirtualHostIr): HostDocuments => byHost(host, () => hostDocuments(host)),
    chains: (listener: ListenerIr): readonly string[] =>
      byListener(listener, () => chainsOf(listener).flatMap(({ source }) => namedDocument(source) ?? [])),
  };
}

type DocumentMemory = ReturnType<typeof documentMemory>;

const namesOf = ({ name }: ClusterIr) => ({
  ...parseClusterName(name),
  cluster: `clusters/${name}`,
  endpoints: `endpoints/${name}`,
});

function clusterOrigins(cluster: ClusterIr, services: Services, known: DocumentMemory): readonly Origin[] {
  const { hostname, ...names } = known.cluster(cluster);
  const visible = services.get(hostname);
  if (visible === undefined) return [];
  const documents = known.service(visible.service, visible.policy);
  const servedBy = known.endpoints(visible.endpoints);
  return cluster.discovery.type === 'eds'
    ? [
        [names.cluster, documents],
        [names.endpoints, documents],
        [names.endpoints, servedBy],
      ]
    : [
        [names.cluster, documents],
        [names.cluster, servedBy],
      ];
}

/** What a proxy serves itself. */
function inboundOrigins({ instances }: SeenView, known: DocumentMemory): readonly Origin[] {
  return instances.map(({ service, policy, targetPort }) => [
    `clusters/inbound|${targetPort}||`,
    known.service(service, policy),
  ]);
}

interface ListenerServices {
  readonly view: SeenView;
  readonly byPort: ReadonlyMap<number, readonly string[]>;
}

function listenerOrigins(
  listener: ListenerIr,
  { view, byPort }: ListenerServices,
  known: DocumentMemory,
): readonly Origin[] {
  const { name, direction, port } = listener;
  const resource = `listeners/${name}`;
  if (direction === 'inbound') {
    return view.instances.map(({ service, policy }) => [resource, known.service(service, policy)]);
  }
  const servers = view.gateway?.listeners.filter((server) => server.port === port) ?? [];
  const opened = servers.flatMap((server) => server.servers.map(({ gateway }) => gateway));
  return [
    [resource, opened.length > 0 ? opened : (byPort.get(port) ?? [])],
    [resource, known.chains(listener)],
  ];
}

/** Services by the ports that open listeners of a sidecar. */
function servicesByPort({ services, gateway }: SeenView): ReadonlyMap<number, readonly string[]> {
  const byPort = new Map<number, string[]>();
  if (gateway !== undefined) return byPort;
  for (const { service } of services) {
    for (const { number } of service.ports) {
      const known = byPort.get(number);
      if (known) known.push(service.source);
      else byPort.set(number, [service.source]);
    }
  }
  return byPort;
}

/** The Gateways by the names under which their servers have their routes. */
function gatewaysByRoutes({ gateway }: SeenView): ReadonlyMap<string, readonly string[]> {
  const named = (gateway?.listeners ?? []).flatMap((listener) =>
    listener.servers.map(({ gateway: document, httpsRouteName }) => ({
      routes: listener.type === 'plain-http' ? listener.routeName : httpsRouteName,
      document,
    })),
  );
  const byRoutes = Map.groupBy(named, ({ routes }) => routes);
  return new Map([...byRoutes].map(([routes, servers]) => [routes, servers.map(({ document }) => document)]));
}

interface HostDocuments {
  /** What the virtual host is called by, which is a service's name or a host of a document. */
  readonly hostname: string;
  readonly documents: readonly string[];
}

/** What a virtual host is called by, and what its routes say of where they come from. */
export const hostDocuments = ({ name, routes }: VirtualHostIr): HostDocuments => ({
  hostname: name.slice(0, name.lastIndexOf(':')),
  documents: [...new Set(routes.flatMap(({ source }) => namedDocument(source) ?? []))],
});

interface HostServices {
  readonly services: Services;
  readonly known: DocumentMemory;
}

function hostOrigins(
  resource: string,
  { hostname, documents }: HostDocuments,
  { services, known }: HostServices,
): readonly Origin[] {
  const visible = services.get(hostname);
  return visible === undefined
    ? [[resource, documents]]
    : [
        [resource, documents],
        [resource, known.service(visible.service, visible.policy)],
      ];
}

export const chainsOf = ({ chains, defaultChain }: ListenerIr): readonly FilterChainIr[] =>
  defaultChain ? [...chains, defaultChain] : chains;

/** Whether two lists of origins say the same. */
export function isSameOrigins(one: readonly Origin[], other: readonly Origin[]): boolean {
  return (
    one.length === other.length &&
    one.every(([resource, documents], index) => {
      const [known, before] = other[index] ?? [];
      return resource === known && before !== undefined && isSameList(documents, before);
    })
  );
}

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one === other || (one.length === other.length && one.every((item, index) => item === other[index]));

/** The same, by document. */
export function sourcesOf(origins: readonly Origin[]): ResourceSources {
  const sources = new Map<string, Set<string>>();
  for (const [resource, documents] of origins) {
    for (const document of documents) {
      const resources = sources.get(document);
      if (resources) resources.add(resource);
      else sources.set(document, new Set([resource]));
    }
  }
  return sources;
}
