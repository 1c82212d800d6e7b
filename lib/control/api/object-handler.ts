import type { DurationMs } from '../../base/brand.ts';
import type { ConfigStore } from '../config/config-store.ts';
import { resourceKey } from '../../resources/resource.ts';
import { qualified } from '../config/kind-names.ts';
import type { WithConditions } from '../status/object-sights.ts';
import { printDocument } from '../config/print-document.ts';
import { listObjects, readObject } from '../config/read-objects.ts';
import { type ListQuery, printCursor, readListQuery } from './list-query.ts';
import type { ObjectPath } from './object-path.ts';
import { called, detailsOf, failure } from './status-body.ts';
import { watchObjects } from './watch-objects.ts';
import { createFrom, patchFrom, removeFrom, replaceFrom, type WriteRequest } from './object-writes.ts';

export interface ObjectApi {
  readonly store: ConfigStore;
  readonly bodyLimitBytes: number;
  /** What objects that are read are shown with; where nobody knows how far they got, as they are. */
  readonly withConditions: WithConditions;
  /** A watch ends after this time at the latest; a front door that waits no longer for an answer allows less than we do. */
  readonly longestWatch: DurationMs;
  /** Who sends the request, as the front door found out. */
  readonly writerOf: (request: Request) => string;
}

/** Answers a request for objects of one kind, by the conventions of the Kubernetes API. */
export async function handleObjects(api: ObjectApi, request: Request, path: ObjectPath): Promise<Response> {
  const query = new URL(request.url).searchParams;
  if (path.name === undefined) {
    if (request.method === 'GET' || request.method === 'HEAD') return listOrWatch(api, request, { path, query });
    if (request.method === 'POST') return createFrom(writeRequest(api, request, path));
    return wrongMethod(request, path);
  }
  const write = writeRequest(api, request, { ...path, name: path.name });
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return readOne(api, { ...path, name: path.name });
    case 'PUT':
      return replaceFrom(write);
    case 'PATCH':
      return patchFrom(write);
    case 'DELETE':
      return path.isStatus ? wrongMethod(request, path) : removeFrom(write);
    default:
      return wrongMethod(request, path);
  }
}

function writeRequest(api: ObjectApi, request: Request, path: ObjectPath): WriteRequest {
  return { ...api, request, path, query: new URL(request.url).searchParams };
}

async function readOne(api: ObjectApi, { names, apiVersion, namespace = '', name }: ObjectPath & { name: string }) {
  const resource = await readObject(api.store, resourceKey(names.kind, namespace, name));
  if (!resource) return failure('NotFound', `${called(names, name)} not found`, detailsOf(names, name));
  const [shown = resource] = await api.withConditions([resource]);
  return Response.json(printDocument(shown, apiVersion));
}

interface Listing {
  readonly path: ObjectPath;
  readonly query: URLSearchParams;
}

async function listOrWatch(api: ObjectApi, request: Request, { path, query }: Listing): Promise<Response> {
  const read = readListQuery(query);
  if (!read.ok) return failure('BadRequest', read.message);
  if (query.get('watch') === 'true' || query.get('watch') === '1') {
    const { store, longestWatch } = api;
    return watchObjects(store, { path, wanted: read.value, query, longestWatch, signal: request.signal });
  }
  return list(api, path, read.value);
}

async function list({ store, withConditions }: ObjectApi, path: ObjectPath, wanted: ListQuery): Promise<Response> {
  const { names, namespace, apiVersion } = path;
  const listed = await listObjects(store, {
    kind: names.kind,
    ...(namespace !== undefined && names.isNamespaced && { namespace }),
    ...wanted,
  });
  if (listed.outcome === 'expired') {
    return failure('Expired', 'the continue token is too old; list again without it');
  }
  const { revision, items, next, remaining } = listed;
  return Response.json({
    kind: `${names.kind}List`,
    apiVersion,
    metadata: {
      resourceVersion: String(revision),
      ...(next && { continue: printCursor(next), remainingItemCount: remaining }),
    },
    items: (await withConditions(items)).map((item) => printDocument(item, apiVersion)),
  });
}

function wrongMethod({ method }: Request, { names }: ObjectPath): Response {
  return failure('MethodNotAllowed', `${method} is not allowed on ${qualified(names.plural, names.group)} here`);
}
