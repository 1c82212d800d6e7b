import type { HostName } from '../base/host-name.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { Visibility } from '../model/visibility.ts';
import { keyOf, type Resource, type ResourceKey } from '../resources/resource.ts';
import { kubernetesHost, kubernetesVisibility } from './kubernetes-services.ts';

/** A second name of a service: a Service of type ExternalName, which has neither ports nor endpoints of its own (SR-19). */
export interface ServiceAlias {
  readonly source: ResourceKey;
  readonly hostname: HostName;
  readonly visibility: Visibility;
}

/** By the host that they end at, sorted by name. Whether anybody describes that host is not known here. */
export type ServiceAliases = ReadonlyMap<HostName, readonly ServiceAlias[]>;

interface WrittenAlias extends ServiceAlias {
  readonly target: HostName;
}

/** SR-19: aliases of aliases end where the last one does; those that go round in a circle are left out. */
export function readServiceAliases(resources: readonly Resource[], mesh: MeshSettings): Noted<ServiceAliases> {
  const written = resources.flatMap((resource) => (resource.kind === 'Service' ? readAlias(resource, mesh) : []));
  const targets = new Map(written.map(({ hostname, target }) => [hostname, target]));
  const ended = written.map(({ target, ...alias }) => ({ alias, end: endOf(target, targets) }));
  const issues = ended.flatMap(({ alias, end }) => (end === undefined ? [circular(alias)] : []));
  const byHost = Map.groupBy(
    ended.filter(({ end }) => end !== undefined),
    ({ end = '' }) => end,
  );
  const value = [...byHost].map(([host, found]) => [host, found.map(({ alias }) => alias).sort(byName)] as const);
  return { value: new Map(value), issues };
}

function readAlias(resource: Resource<'Service'>, mesh: MeshSettings): WrittenAlias[] {
  const { type, externalName = '' } = resource.spec;
  const target = externalName.toLowerCase().replace(/\.$/, '');
  if (type !== 'ExternalName' || target === '') return [];
  const hostname = kubernetesHost(resource, mesh);
  return [{ source: keyOf(resource), hostname, visibility: kubernetesVisibility(resource, mesh), target }];
}

/** The first host on the way that is no alias. */
function endOf(target: HostName, targets: ReadonlyMap<HostName, HostName>): HostName | undefined {
  const passed = new Set<HostName>();
  let end = target;
  for (let next = targets.get(end); next !== undefined; next = targets.get(end)) {
    if (passed.has(end)) return undefined;
    passed.add(end);
    end = next;
  }
  return end;
}

const byName = (a: ServiceAlias, b: ServiceAlias): number => (a.hostname < b.hostname ? -1 : 1);

const circular = ({ source }: ServiceAlias): Issue => ({
  severity: 'error',
  code: 'ALIAS_CIRCLE',
  resource: source,
  path: 'spec.externalName',
  message: 'the aliases lead round in a circle and to no service; name a service that is no alias',
});
