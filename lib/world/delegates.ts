import type { Issue, Noted } from '../base/issue.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { isVisibleTo, resolveExportTo } from '../model/visibility.ts';
import { keyOf, type Resource, type ResourceKey } from '../resources/resource.ts';
import type { HttpRoute } from '../resources/virtual-service-spec.ts';
import { joinNames, mergeMatches } from './delegated-matches.ts';
import { withFullNames } from './full-names.ts';
import { nameResolver } from './name-resolver.ts';

type VirtualService = Resource<'VirtualService'>;

/** VirtualServices without hosts, to which others may delegate (VS-5), by `namespace/name`. */
export type Delegates = ReadonlyMap<string, VirtualService>;

export function findDelegates(resources: readonly Resource[]): Delegates {
  const found = resources.filter((resource) => resource.kind === 'VirtualService');
  const delegates = found.filter(({ spec }) => (spec.hosts ?? []).length === 0);
  return new Map(delegates.map((delegate) => [nameOf(delegate.metadata), delegate]));
}

/** Those to which one VirtualService delegates, in the order written: all that its routes depend on beside itself. */
export function delegatesOf(root: VirtualService, all: Delegates): Delegates {
  const own = new Map<string, VirtualService>();
  for (const { delegate } of root.spec.http ?? []) {
    const key = delegate && delegateKey(root, delegate);
    const found = key === undefined ? undefined : all.get(key);
    if (key !== undefined && found) own.set(key, found);
  }
  return own;
}

/** A route of a VirtualService as it stands after delegation, and the entry of `spec.http` that it came from. */
export interface EffectiveRoute {
  readonly route: HttpRoute;
  readonly index: number;
}

/**
 * The HTTP routes of one VirtualService with full names, each that delegates replaced in place by what its delegate makes of it
 * (VS-8). A delegate that is missing or hidden costs that route alone (VS-6).
 */
export function effectiveRoutes(
  root: VirtualService,
  delegates: Delegates,
  mesh: MeshSettings,
): Noted<readonly EffectiveRoute[]> {
  const issues: Issue[] = [];
  const value = routesOf(root, mesh).flatMap((route, index): readonly EffectiveRoute[] => {
    if (route.delegate === undefined) return [{ route, index }];
    const key = delegateKey(root, route.delegate);
    const delegate = delegates.get(key);
    if (delegate === undefined || !isVisibleTo(visibilityOf(delegate, mesh), root.metadata.namespace)) {
      const message = `there is no VirtualService ${key} without hosts that is exported to ${root.metadata.namespace}`;
      issues.push(problem(keyOf(root), { code: 'DELEGATE_NOT_FOUND', index, message }));
      return [];
    }
    const merged = mergeRoutes(root, route, routesOf(delegate, mesh));
    issues.push(...merged.refused.map((refused) => problem(keyOf(delegate), refused)));
    return merged.routes.map((each) => ({ route: each, index }));
  });
  return { value, issues };
}

function visibilityOf({ metadata, spec }: VirtualService, mesh: MeshSettings) {
  return resolveExportTo(spec.exportTo, metadata.namespace, mesh.defaultExportTo.routes);
}

function routesOf({ metadata, spec }: VirtualService, mesh: MeshSettings): readonly HttpRoute[] {
  const names = nameResolver(metadata.namespace, mesh.shortNameSuffix);
  return (spec.http ?? []).map((route) => withFullNames(route, names));
}

interface Refused {
  readonly code: string;
  readonly index: number;
  readonly message: string;
}

/** Each of the delegate's routes narrowed by the root's; those that cannot be are refused (VS-7, VS-9). */
function mergeRoutes(
  root: VirtualService,
  { delegate: _reference, ...above }: HttpRoute,
  below: readonly HttpRoute[],
): { readonly routes: readonly HttpRoute[]; readonly refused: readonly Refused[] } {
  const refused: Refused[] = [];
  const routes = below.flatMap((route, index) => {
    if (route.delegate !== undefined) {
      refused.push({
        code: 'DELEGATE_NESTED',
        index,
        message: 'a delegate cannot delegate again; name its routes here',
      });
      return [];
    }
    const match = mergeMatches(above.match ?? [], route.match ?? []);
    if (match !== undefined) return [{ ...mergeRoute(above, route), ...(match.length > 0 && { match }) }];
    const message = `no match of ${nameOf(root.metadata)} leaves room for this route; match less, or a part of what it matches`;
    refused.push({ code: 'DELEGATE_CONFLICT', index, message });
    return [];
  });
  return { routes, refused };
}

/** VS-13: what the delegate says, and the root's whole member where it says nothing. Only the delegate says where requests go. */
function mergeRoute(above: HttpRoute, below: HttpRoute): HttpRoute {
  const { match: _match, route: _route, redirect: _redirect, name: _name, ...settings } = above;
  const name = joinNames(above.name, below.name);
  return { ...settings, ...below, ...(name !== '' && { name }) };
}

/** The delegate that a route names: in the root's namespace where it names none. */
function delegateKey(root: VirtualService, { name = '', namespace = '' }: NonNullable<HttpRoute['delegate']>): string {
  return nameOf({ name, namespace: namespace === '' ? root.metadata.namespace : namespace });
}

const nameOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;

function problem(resource: ResourceKey, { code, index, message }: Refused): Issue {
  return { severity: 'error', code, resource, path: `spec.http[${index}]`, message };
}
