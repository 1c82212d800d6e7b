import type { DurationMs } from '../../base/brand.ts';
import type { ConfigStore } from '../config/config-store.ts';
import { resourceKey } from '../../resources/resource.ts';
import { qualified } from '../config/kind-names.ts';
import type { WithConditions } from '../status/object-sights.ts';
import type { Actor } from '../identity/rights.ts';
import { answerForm } from './answer-form.ts';
import { listObjects, readObject } from '../config/read-objects.ts';
import { type ListQuery, printCursor, readListQuery } from './list-query.ts';
import type { ObjectPath } from './object-path.ts';
import { answered, type Printing, printingOf, printList, printObject } from './print-objects.ts';
import { called, detailsOf, failure, notAcceptable } from './status-body.ts';
import { watchObjects } from './watch-objects.ts';
import { createFrom, patchFrom, removeFrom, replaceFrom, type WriteRequest } from './object-writes.ts';

export interface ObjectApi {
  readonly store: ConfigStore;
  readonly bodyLimitBytes: number;
  /** What objects that are read are shown with; where nobody knows how far they got, as they are. */
  readonly withConditions: WithConditions;
  /** A watch ends after this time at the latest; a front door that waits no longer for an answer allows less than we do. */
  readonly longestWatch: DurationMs;
  /** A watch ends as soon as this is false: a service that is told to stop waits for what is under way. */
  readonly isServing: () => boolean;
  /** Who sends the request, and what they may do. */
  readonly actor: Actor;
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
      return readOne(api, request, { ...path, name: path.name });
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

async function readOne(api: ObjectApi, request: Request, path: ObjectPath & { name: string }): Promise<Response> {
  const form = answerForm(request.headers.get('accept'));
  if (!form) return notAcceptable();
  const { names, namespace = '', name } = path;
  const resource = await readObject(api.store, resourceKey(names.kind, namespace, name));
  if (!resource) return failure('NotFound', `${called(names, name)} not found`, detailsOf(names, name));
  const [shown = resource] = await api.withConditions([resource]);
  const query = new URL(request.url).searchParams;
  return answered(printObject(shown, printingOf(api.store, path, { form, query })), form);
}

interface Listing {
  readonly path: ObjectPath;
  readonly query: URLSearchParams;
}

async function listOrWatch(api: ObjectApi, request: Request, { path, query }: Listing): Promise<Response> {
  const read = readListQuery(query);
  if (!read.ok) return failure('BadRequest', read.message);
  const form = answerForm(request.headers.get('accept'));
  if (!form) return notAcceptable();
  const printing = printingOf(api.store, path, { form, query });
  if (query.get('watch') === 'true' || query.get('watch') === '1') {
    const { store, longestWatch, isServing, withConditions } = api;
    const { signal } = request;
    const watched = { path, wanted: read.value, query, longestWatch, isServing, signal };
    return watchObjects(store, { ...watched, printing, withConditions });
  }
  return list(api, path, { wanted: read.value, printing });
}

interface WantedList {
  readonly wanted: ListQuery;
  readonly printing: Printing;
}

async function list(
  { store, withConditions }: ObjectApi,
  { names, namespace }: ObjectPath,
  { wanted, printing }: WantedList,
): Promise<Response> {
  const listed = await listObjects(store, {
    kind: names.kind,
    ...(namespace !== undefined && names.isNamespaced && { namespace }),
    ...wanted,
  });
  if (listed.outcome === 'expired') {
    return failure('Expired', 'the continue token is too old; list again without it');
  }
  const { revision, items, next, remaining } = listed;
  const metadata = {
    resourceVersion: String(revision),
    ...(next && { continue: printCursor(next), remainingItemCount: remaining }),
  };
  return answered(printList(await withConditions(items), printing, metadata), printing.form);
}

function wrongMethod({ method }: Request, { names }: ObjectPath): Response {
  return failure('MethodNotAllowed', `${method} is not allowed on ${qualified(names.plural, names.group)} here`);
}
