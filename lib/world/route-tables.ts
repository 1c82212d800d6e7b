import { oldestFirst } from '../base/age.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { HttpRule } from '../model/http-rule.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts';
import { resolveExportTo } from '../model/visibility.ts';
import { keyOf, type Resource, type ResourceKey } from '../resources/resource.ts';
import { readConnectionRules } from './connection-rules.ts';
import { effectiveRoutes, findDelegates, type EffectiveRoute } from './delegates.ts';
import { readHttpRule } from './http-rules.ts';
import { nameResolver } from './name-resolver.ts';

/** Route tables of all VirtualServices that have hosts, oldest first (VS-2). Those without are delegates (VS-5). */
export function readRouteTables(resources: readonly Resource[], mesh: MeshSettings): Noted<readonly RouteTable[]> {
  const issues: Issue[] = [];
  const delegates = findDelegates(resources);
  const tables = resources.flatMap((resource) => {
    if (resource.kind !== 'VirtualService' || (resource.spec.hosts ?? []).length === 0) return [];
    const routes = effectiveRoutes(resource, delegates, mesh);
    const http = readRules(routes.value, keyOf(resource));
    issues.push(...routes.issues, ...http.issues);
    return [readRouteTable(resource, http.value, mesh)];
  });
  return { value: tables.sort(oldestFirst), issues };
}

function readRules(routes: readonly EffectiveRoute[], resource: ResourceKey): Noted<readonly HttpRule[]> {
  const issues: Issue[] = [];
  const value = routes.flatMap(({ route, index }) => {
    const rule = readHttpRule(route);
    if (typeof rule !== 'string') return [rule];
    issues.push({ severity: 'warning', code: 'ROUTE_IGNORED', resource, path: `spec.http[${index}]`, message: rule });
    return [];
  });
  return { value, issues };
}

function readRouteTable(
  virtualService: Resource<'VirtualService'>,
  http: readonly HttpRule[],
  mesh: MeshSettings,
): RouteTable {
  const { metadata, spec } = virtualService;
  const { hosts = [], gateways = [] } = spec;
  const names = nameResolver(metadata.namespace, mesh.shortNameSuffix);
  return {
    source: keyOf(virtualService),
    name: metadata.name,
    namespace: metadata.namespace,
    createdAt: metadata.creationTimestamp ?? '',
    hosts: hosts.map(names.host),
    gateways: gateways.length === 0 ? [MESH_GATEWAY] : gateways.map(names.gateway),
    visibility: resolveExportTo(spec.exportTo, metadata.namespace, mesh.defaultExportTo.routes),
    http,
    tcp: readConnectionRules(spec.tcp, names, 'spec.tcp'),
    tls: readConnectionRules(spec.tls, names, 'spec.tls'),
  };
}
