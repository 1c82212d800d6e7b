import { kinds } from '../../resources/kinds.ts';
import { meshConfigWithDefaults } from '../../resources/mesh-defaults.ts';
import type { Resource } from '../../resources/resource.ts';
import { meshName } from '../../resources/well-known-names.ts';
import type { ConfigSource } from '../build/worlds.ts';
import { printDocument } from '../config/print-document.ts';
import type { HttpHandler } from './http-handler.ts';
import { jsonResponse } from './json-response.ts';

/** What each path tells of the objects of the newest revision, under the names that Istio's debug pages have (PS-8). */
const PAGES: Readonly<Record<string, (objects: readonly Resource[]) => unknown>> = {
  '/debug/configz': (objects) => objects.map((object) => printDocument(object)),
  '/debug/mesh': (objects) => meshConfigWithDefaults(meshOf(objects)?.spec.meshConfig),
  '/debug/authorizationz': (objects) => byNamespace(objects, 'security.istio.io'),
  '/debug/telemetryz': (objects) => byNamespace(objects, 'telemetry.istio.io'),
};

export const DEBUG_PATHS: ReadonlySet<string> = new Set(Object.keys(PAGES));

/**
 * `/debug/configz`: every object. `/debug/mesh`: the settings of the mesh with Istio's defaults. `/debug/authorizationz`,
 * `/debug/telemetryz`: the policies by namespace.
 */
export function debugApi(config: Pick<ConfigSource, 'readNewest'>): HttpHandler {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return jsonResponse(405, { code: 'METHOD_NOT_ALLOWED', message: 'use GET' });
    }
    const { pathname } = new URL(request.url);
    const page = PAGES[pathname];
    if (page === undefined) return jsonResponse(404, { code: 'NOT_FOUND', message: `nothing is at ${pathname}` });
    return jsonResponse(200, page((await config.readNewest()).resources));
  };
}

const meshOf = (objects: readonly Resource[]) =>
  objects.filter((object) => object.kind === 'Mesh').find(({ metadata }) => metadata.name === meshName);

/** The objects of an API group, as documents, by their namespace. */
function byNamespace(objects: readonly Resource[], group: string): Readonly<Record<string, unknown>> {
  const found = objects.filter(({ kind }) => kinds[kind].group === group);
  const grouped = Map.groupBy(found, ({ metadata }) => metadata.namespace);
  return Object.fromEntries(
    [...grouped].map(([namespace, its]) => [namespace, its.map((each) => printDocument(each))]),
  );
}
