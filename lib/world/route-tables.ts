import { oldestFirst } from '../base/age.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts';
import { resolveExportTo } from '../model/visibility.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import { readHttpRule } from './http-rules.ts';
import { nameResolver } from './name-resolver.ts';

/** Route tables of all VirtualServices that have hosts, oldest first (VS-2). Those without are delegates (VS-5). */
export function readRouteTables(resources: readonly Resource[], mesh: MeshSettings): Noted<readonly RouteTable[]> {
  const issues: Issue[] = [];
  const tables = resources.flatMap((resource) => {
    if (resource.kind !== 'VirtualService') return [];
    const table = readRouteTable(resource, mesh);
    issues.push(...table.issues);
    return table.value.hosts.length === 0 ? [] : [table.value];
  });
  return { value: tables.sort(oldestFirst), issues };
}

function readRouteTable(virtualService: Resource<'VirtualService'>, mesh: MeshSettings): Noted<RouteTable> {
  const { metadata, spec } = virtualService;
  const names = nameResolver(metadata.namespace, mesh.domainSuffix);
  const source = keyOf(virtualService);
  const issues: Issue[] = [];
  const http = (spec.http ?? []).flatMap((route, index) => {
    const rule = readHttpRule(route, names);
    if (typeof rule !== 'string') return [rule];
    issues.push({
      severity: 'warning',
      code: 'ROUTE_IGNORED',
      resource: source,
      path: `spec.http[${index}]`,
      message: rule,
    });
    return [];
  });
  return {
    value: {
      source,
      name: metadata.name,
      namespace: metadata.namespace,
      createdAt: metadata.creationTimestamp ?? '',
      hosts: (spec.hosts ?? []).map(names.host),
      gateways:
        spec.gateways === undefined || spec.gateways.length === 0 ? [MESH_GATEWAY] : spec.gateways.map(names.gateway),
      visibility: resolveExportTo(spec.exportTo, metadata.namespace, mesh.defaultExportTo.routes),
      http,
    },
    issues,
  };
}
