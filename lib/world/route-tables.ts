import { oldestFirst } from '../base/age.ts';
import type { Noted } from '../base/issue.ts';
import { keepIfEqual, type Recall, recallList, recallNothing } from '../base/recall.ts';
import type { HttpRule } from '../model/http-rule.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts';
import { resolveExportTo } from '../model/visibility.ts';
import { keyOf, type Resource, type ResourceKey } from '../resources/resource.ts';
import { readConnectionRules } from './connection-rules.ts';
import type { RuleOrigin } from '../model/rule-origin.ts';
import { type Delegates, delegatesOf, effectiveRoutes, findDelegates } from './delegates.ts';
import { ROUTE_SEMANTICS, type RouteDocument } from './gateway-api/route-documents.ts';
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

/** Those that people wrote and those that were made, oldest first. */
export function readAllTables(
  written: readonly Resource[],
  made: readonly RouteDocument[],
  { mesh, recall }: { readonly mesh: MeshSettings; readonly recall: Recall },
): Noted<readonly RouteTable[]> {
  const [own, others] = [readRouteTables(written, mesh, recall), readMadeRouteTables(made, mesh, recall)];
  if (others.value.length === 0) return own;
  const value = recall.value('all route tables', [own.value, others.value], () =>
    [...own.value, ...others.value].sort(oldestFirst),
  );
  return { value, issues: [...own.issues, ...others.issues] };
}

/** Route tables of the documents that were made of routes of the Gateway API, oldest first. */
export function readMadeRouteTables(
  made: readonly RouteDocument[],
  mesh: MeshSettings,
  recall: Recall = recallNothing,
): Noted<readonly RouteTable[]> {
  const read = made.map((each) =>
    recall.value(`made route table ${keyOf(each.document)}`, [each, mesh], () => readMadeTable(each, mesh)),
  );
  const tables = read.map(({ value }) => value).sort(oldestFirst);
  return { value: recallList(recall, 'made route tables', tables), issues: read.flatMap(({ issues }) => issues) };
}

function readOne(
  virtualService: Resource<'VirtualService'>,
  delegates: Delegates,
  mesh: MeshSettings,
): Noted<RouteTable> {
  const routes = effectiveRoutes(virtualService, delegates, mesh);
  const resource = keyOf(virtualService);
  const at = (list: string) => (index: number) => ({ resource, path: `spec.${list}[${index}]` });
  const http = routes.value.map(({ route, index }) => readHttpRule(route, at('http')(index)));
  const rules = { source: resource, http, originOfTcp: at('tcp'), originOfTls: at('tls') };
  return { value: readRouteTable(virtualService, rules, mesh), issues: routes.issues };
}

/** A document that was made of others: each of its rules comes from where somebody wrote it. */
function readMadeTable({ document, source, http, tcp, tls }: RouteDocument, mesh: MeshSettings): Noted<RouteTable> {
  const routes = document.spec.http ?? [];
  const originIn = (origins: readonly RuleOrigin[]) => (index: number) =>
    origins[index] ?? { resource: source, path: '' };
  const rules = routes.map((route, index) => readHttpRule(route, originIn(http)(index)));
  const table = { source, http: rules, originOfTcp: originIn(tcp), originOfTls: originIn(tls) };
  return { value: readRouteTable(document, table, mesh), issues: [] };
}

interface TableRules {
  readonly source: ResourceKey;
  readonly http: readonly HttpRule[];
  readonly originOfTcp: (index: number) => RuleOrigin;
  readonly originOfTls: (index: number) => RuleOrigin;
}

function readRouteTable(
  virtualService: Resource<'VirtualService'>,
  { source, http, originOfTcp, originOfTls }: TableRules,
  mesh: MeshSettings,
): RouteTable {
  const { metadata, spec } = virtualService;
  const { hosts = [], gateways = [] } = spec;
  const names = nameResolver(metadata.namespace, mesh.shortNameSuffix);
  return {
    source,
    name: metadata.name,
    namespace: metadata.namespace,
    createdAt: metadata.creationTimestamp ?? '',
    hosts: hosts.map(names.host),
    gateways: gateways.length === 0 ? [MESH_GATEWAY] : gateways.map(names.gateway),
    visibility: resolveExportTo(spec.exportTo, metadata.namespace, mesh.defaultExportTo.routes),
    isOfGatewayApi: metadata.annotations?.[ROUTE_SEMANTICS] === 'gateway',
    http,
    tcp: readConnectionRules(spec.tcp, names, originOfTcp),
    tls: readConnectionRules(spec.tls, names, originOfTls),
  };
}
