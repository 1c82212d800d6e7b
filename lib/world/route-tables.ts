import { oldestFirst } from '../base/age.ts';
import type { Issue, Noted } from '../base/issue.ts';
import { keepIfEqual, type Recall, recallList, recallNothing } from '../base/recall.ts';
import type { HttpRule } from '../model/http-rule.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts';
import { resolveExportTo } from '../model/visibility.ts';
import { keyOf, type Resource, type ResourceKey } from '../resources/resource.ts';
import { readConnectionRules } from './connection-rules.ts';
import { type Delegates, delegatesOf, effectiveRoutes, findDelegates, type EffectiveRoute } from './delegates.ts';
import { readHttpRule } from './http-rules.ts';
import { nameResolver } from './name-resolver.ts';

/** Route tables of all VirtualServices that have hosts, oldest first (VS-2). Those without are delegates (VS-5). */
export function readRouteTables(
  resources: readonly Resource[],
  mesh: MeshSettings,
  recall: Recall = recallNothing,
): Noted<readonly RouteTable[]> {
  const all = findDelegates(resources);
  const read = resources.flatMap((resource) => {
    if (resource.kind !== 'VirtualService' || (resource.spec.hosts ?? []).length === 0) return [];
    const delegates = delegatesOf(resource, all);
    const inputs = [resource, mesh, ...delegates.values()];
    return [
      recall.value(`route table ${keyOf(resource)}`, inputs, (last: Noted<RouteTable> | undefined) =>
        keepIfEqual(last, readOne(resource, delegates, mesh)),
      ),
    ];
  });
  const tables = read.map(({ value }) => value).sort(oldestFirst);
  return { value: recallList(recall, 'route tables', tables), issues: read.flatMap(({ issues }) => issues) };
}

function readOne(
  virtualService: Resource<'VirtualService'>,
  delegates: Delegates,
  mesh: MeshSettings,
): Noted<RouteTable> {
  const routes = effectiveRoutes(virtualService, delegates, mesh);
  const http = readRules(routes.value, keyOf(virtualService));
  return { value: readRouteTable(virtualService, http.value, mesh), issues: [...routes.issues, ...http.issues] };
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
