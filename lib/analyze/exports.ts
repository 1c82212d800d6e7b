import { resolveExportTo, type Visibility } from '../model/visibility.ts';
import { keyOf, type Resource, type ResourceKey } from '../resources/resource.ts';
import { type AnalyzedMesh, listed } from './analyzed-mesh.ts';
import type { Found } from './finding.ts';

/** Objects whose exportTo leaves nobody who could see them. */
export function exportsToNobody(mesh: AnalyzedMesh): readonly Found[] {
  const inhabited = inhabitedNamespaces(mesh);
  const described = new Map(mesh.world.services.map(({ source, visibility }) => [source, visibility]));
  return mesh.resources.flatMap((resource): readonly Found[] => {
    const seen = visibilityOf(resource, mesh, described);
    const message = seen && whyNobody(seen, inhabited);
    if (message === undefined) return [];
    return [{ code: 'EXPORTED_TO_NOBODY', resource: keyOf(resource), path: 'spec.exportTo', message }];
  });
}

function inhabitedNamespaces({ resources, proxies = [] }: AnalyzedMesh): ReadonlySet<string> {
  return new Set([
    ...resources.map(({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace)),
    ...proxies.map(({ namespace }) => namespace),
  ]);
}

/** `undefined` for kinds that are not exported. */
function visibilityOf(
  resource: Resource,
  { world }: AnalyzedMesh,
  described: ReadonlyMap<ResourceKey, Visibility>,
): Visibility | undefined {
  const { routes, policies } = world.mesh.defaultExportTo;
  const { namespace } = resource.metadata;
  if (resource.kind === 'VirtualService') return resolveExportTo(resource.spec.exportTo, namespace, routes);
  if (resource.kind === 'ServiceEntry') return described.get(keyOf(resource)); // policies of the mesh may narrow what is written
  // DR-2: a rule for chosen clients is for those of its namespace, whatever is written.
  return resource.kind === 'DestinationRule' && resource.spec.workloadSelector === undefined
    ? resolveExportTo(resource.spec.exportTo, namespace, policies)
    : undefined;
}

function whyNobody(visibility: Visibility, inhabited: ReadonlySet<string>): string | undefined {
  if (visibility.to === 'nobody') return 'is exported to nobody';
  if (visibility.to === 'everyone' || visibility.namespaces.some((each) => inhabited.has(each))) return undefined;
  return `is exported only to ${listed(visibility.namespaces)}, where there is no object and no known proxy`;
}
