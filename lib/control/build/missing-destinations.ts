import type { Issue } from '../../base/issue.ts';
import { type Remembered, remembered } from '../../base/remembered.ts';
import { namedDocument } from '../../explain/named-document.ts';
import { outboundCluster, parseClusterName } from '../../ir/cluster-name.ts';
import type { ListenerIr, NetworkFilterIr } from '../../ir/listener.ts';
import type { ProxyIr } from '../../ir/proxy-ir.ts';
import type { RouteActionIr, VirtualHostIr } from '../../ir/route-configuration.ts';
import { chainsOf } from '../status/resource-documents.ts';

/**
 * What documents lead to and the proxy does not have: a host that nobody describes to it, a port or a subset that is not there.
 * Such routes are built all the same, as Istio does; who follows them is answered 503 until what they name is there.
 */
export function missingDestinations(): (ir: ProxyIr) => readonly Issue[] {
  const issuesOf = remembered<Remembered<Remembered<readonly Issue[]>>>();
  const [namesOf, targets] = [namesReader(), targetReader()];
  return ({ clusters, routes, listeners }) => {
    const present = namesOf(clusters);
    return issuesOf(present, () => remembered())(routes, () => remembered())(listeners, () =>
      missingOf([...targets.ofRoutes(routes), ...targets.ofListeners(listeners)], present),
    );
  };
}

/** The names of clusters: the very same set for lists that differ in other things alone. */
function namesReader(): (clusters: ProxyIr['clusters']) => ReadonlySet<string> {
  const known = remembered<ReadonlySet<string>>();
  let last: { readonly clusters: ProxyIr['clusters']; readonly names: ReadonlySet<string> } | undefined;
  return (clusters) => {
    const names = known(clusters, () => {
      const hasSame =
        last?.clusters.length === clusters.length &&
        clusters.every(({ name }, index) => name === last?.clusters[index]?.name);
      return hasSame && last ? last.names : new Set(clusters.map(({ name }) => name));
    });
    last = { clusters, names };
    return names;
  };
}

/** To where documents lead, as routes and listeners have it; each of these is read once. */
function targetReader() {
  const [byRoutes, byListeners] = [remembered<readonly Target[]>(), remembered<readonly Target[]>()];
  const [byHost, byListener] = [remembered<readonly Target[]>(), remembered<readonly Target[]>()];
  const ofHost = (host: VirtualHostIr): readonly Target[] =>
    byHost(host, () => host.routes.flatMap(({ source, action }) => targetsOf(source, clustersOf(action))));
  const ofListener = (listener: ListenerIr): readonly Target[] =>
    byListener(listener, () =>
      chainsOf(listener).flatMap(({ source, filters }) => targetsOf(source, filters.flatMap(clustersOfFilter))),
    );
  return {
    ofRoutes: (routes: ProxyIr['routes']): readonly Target[] =>
      byRoutes(routes, () => routes.flatMap(({ virtualHosts }) => virtualHosts.flatMap(ofHost))),
    ofListeners: (listeners: ProxyIr['listeners']): readonly Target[] =>
      byListeners(listeners, () => listeners.flatMap(ofListener)),
  };
}

/** One issue for each document and destination that is not there. */
function missingOf(targets: readonly Target[], present: ReadonlySet<string>): readonly Issue[] {
  const missing = new Map<string, Issue>();
  for (const { document, cluster } of targets) {
    const issue = present.has(cluster) ? undefined : notFound(document, cluster, present);
    if (issue) missing.set(`${document} ${cluster}`, issue);
  }
  return [...missing.values()];
}

/** A document and a cluster to which it leads. */
interface Target {
  readonly document: string;
  readonly cluster: string;
}

function targetsOf(source: string, clusters: readonly string[]): readonly Target[] {
  const document = namedDocument(source);
  return document === undefined ? [] : clusters.map((cluster) => ({ document, cluster }));
}

function clustersOf(action: RouteActionIr): readonly string[] {
  if (action.type !== 'forward') return [];
  const { target, mirrors } = action;
  const clusters = target.type === 'cluster' ? [target] : target.clusters;
  return [...clusters, ...mirrors].map(({ cluster }) => cluster);
}

function clustersOfFilter(filter: NetworkFilterIr): readonly string[] {
  if (filter.type !== 'tcp-proxy') return [];
  const { target } = filter;
  return target.type === 'cluster' ? [target.cluster] : target.clusters.map(({ cluster }) => cluster);
}

function notFound(resource: string, cluster: string, present: ReadonlySet<string>): Issue | undefined {
  const { direction, port, subset, hostname } = parseClusterName(cluster);
  if (direction !== 'outbound') return undefined;
  const issue = { severity: 'warning', resource, path: '' } as const;
  if (subset !== '' && present.has(outboundCluster(port, '', hostname))) {
    const message = `leads to subset ${subset} of ${hostname}, which no DestinationRule defines; requests that go there fail`;
    return { ...issue, code: 'SUBSET_NOT_FOUND', message };
  }
  const message = `leads to port ${port} of ${hostname}, which is not there or not visible; requests that go there fail`;
  return { ...issue, code: 'DESTINATION_NOT_FOUND', message };
}
