import type { Issue } from '../base/issue.ts';
import { remembered } from '../base/remembered.ts';
import { documentOf } from '../compile/document-path.ts';
import { outboundCluster, parseClusterName } from '../ir/cluster-name.ts';
import type { ListenerIr, NetworkFilterIr } from '../ir/listener.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { RouteActionIr, VirtualHostIr } from '../ir/route-configuration.ts';
import { chainsOf } from './resource-documents.ts';

/**
 * What documents lead to and the proxy does not have: a host that nobody describes to it, a port or a subset that is not there.
 * Such routes are built all the same, as Istio does; who follows them is answered 503 until what they name is there.
 */
export function missingDestinations(): (ir: ProxyIr) => readonly Issue[] {
  const checkFor = remembered<DestinationCheck>();
  return ({ clusters, routes, listeners }) =>
    checkFor(clusters, () => destinationCheck(clusters))({ routes, listeners });
}

type DestinationCheck = (leading: Pick<ProxyIr, 'routes' | 'listeners'>) => readonly Issue[];

/** Looks for destinations among some clusters; what leads to them is looked at once. */
function destinationCheck(clusters: ProxyIr['clusters']): DestinationCheck {
  const present = new Set(clusters.map(({ name }) => name));
  const [byHost, byListener] = [remembered<readonly Missing[]>(), remembered<readonly Missing[]>()];
  const [byRoutes, byListeners] = [remembered<readonly Missing[]>(), remembered<readonly Missing[]>()];
  const ofHost = (host: VirtualHostIr): readonly Missing[] =>
    byHost(host, () =>
      missingOf(
        host.routes.flatMap(({ source, action }) => targetsOf(source, clustersOf(action))),
        present,
      ),
    );
  const ofListener = (listener: ListenerIr): readonly Missing[] =>
    byListener(listener, () =>
      missingOf(
        chainsOf(listener).flatMap(({ source, filters }) => targetsOf(source, filters.flatMap(clustersOfFilter))),
        present,
      ),
    );
  return ({ routes, listeners }) => {
    const missing = [
      ...byRoutes(routes, () => routes.flatMap(({ virtualHosts }) => virtualHosts.flatMap(ofHost))),
      ...byListeners(listeners, () => listeners.flatMap(ofListener)),
    ];
    return [...new Map(missing.map(({ key, issue }) => [key, issue])).values()];
  };
}

/** A destination that is not there; one document is told once of each. */
interface Missing {
  readonly key: string;
  readonly issue: Issue;
}

const missingOf = (targets: readonly Target[], present: ReadonlySet<string>): readonly Missing[] =>
  targets.flatMap(({ document, cluster }) => {
    const issue = present.has(cluster) ? undefined : notFound(document, cluster, present);
    return issue ? [{ key: `${document} ${cluster}`, issue }] : [];
  });

/** A document and a cluster to which it leads. */
interface Target {
  readonly document: string;
  readonly cluster: string;
}

function targetsOf(source: string, clusters: readonly string[]): readonly Target[] {
  const document = documentOf(source);
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
