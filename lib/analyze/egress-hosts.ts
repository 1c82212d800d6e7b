import type { EgressSource, ScopedHost, SidecarSource } from '../model/sidecar.ts';
import { isVisibleTo } from '../model/visibility.ts';
import { importedServices, importsOf, importsTable } from '../view/sidecar-imports.ts';
import type { World } from '../world/world.ts';
import type { AnalyzedMesh } from './analyzed-mesh.ts';
import type { Found } from './finding.ts';

/** Hosts by which Sidecars import nothing at all. One that stands for every host of a namespace may wait for the first. */
export function egressHostsWithoutTargets({ world, views }: AnalyzedMesh): readonly Found[] {
  return world.sidecars.flatMap((sidecar) => {
    const viewers = viewersOf(sidecar, world, [...views.keys()]);
    return sidecar.egress.flatMap((egress, listener) =>
      egress.hosts.flatMap((scoped, index): readonly Found[] => {
        const isOpen = scoped.isExcluded || scoped.host === '*';
        if (isOpen || viewers.some((viewer) => importsAnything(world, { egress, scoped }, viewer))) return [];
        return [
          {
            code: 'EGRESS_HOST_NOT_FOUND',
            resource: sidecar.source,
            path: `spec.egress[${listener}].hosts[${index}]`,
            message: `no service and no VirtualService that its proxies may see has the host ${scoped.host} ${whereOf(scoped)}`,
          },
        ];
      }),
    );
  });
}

/** The namespaces whose proxies may have it: its own, or any where it is the one of the root namespace (SC-2). */
function viewersOf({ namespace, workloadSelector }: SidecarSource, { mesh }: World, all: readonly string[]) {
  return namespace === mesh.rootNamespace && workloadSelector === undefined ? all : [namespace];
}

interface WrittenHost {
  readonly egress: EgressSource;
  readonly scoped: ScopedHost;
}

function importsAnything({ services, routeTables }: World, { egress, scoped }: WrittenHost, viewer: string): boolean {
  const hosts = [scoped];
  if (importedServices(services, { ...egress, port: undefined, hosts }, viewer).length > 0) return true;
  const imports = importsOf(hosts, viewer);
  return routeTables.some((table) => isVisibleTo(table.visibility, viewer) && importsTable(imports, table));
}

const whereOf = ({ namespace }: ScopedHost): string =>
  namespace === '*' ? 'in any namespace' : namespace === '.' ? 'in their own namespace' : `in namespace ${namespace}`;
