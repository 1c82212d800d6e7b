import { Hono } from 'hono';
import { durationMs } from '../../base/brand.ts';
import { SecretKeyUnavailable } from '../../ports/secret-box.ts';
import { StoreFull, StoreUnavailable } from '../../ports/store-errors.ts';
import type { Resource } from '../../resources/resource.ts';
import { type Actor, anybody } from '../identity/rights.ts';
import { handleApply } from '../api/apply-handler.ts';
import {
  aggregatedDiscovery,
  apiConventions,
  coreVersions,
  groupDocument,
  groupList,
  resourceList,
} from '../api/discovery-documents.ts';
import { handleObjects, type ObjectApi } from '../api/object-handler.ts';
import { handleOverview } from '../api/objects-overview.ts';
import { parseObjectPath } from '../api/object-path.ts';
import { openApiV2 } from '../api/openapi-v2.ts';
import { encodeOpenApiV2, OPENAPI_V2_WIRE } from '../api/openapi-v2-wire.ts';
import { openApiDocument, versionDocument } from '../api/openapi-document.ts';
import { problem } from '../api/problem.ts';
import { DEFAULT_BODY_LIMIT_BYTES } from '../api/read-body.ts';
import { handleDiff, handleHistory, handleRevision, handleRollback } from '../api/revision-handlers.ts';
import { failure } from '../api/status-body.ts';
import { configStore, type ConfigStorePorts } from './config-store.ts';

export type ConfigApiOptions = Partial<Omit<ObjectApi, 'store' | 'actor'>>;

/** Who asks comes along with each request: `app.fetch(request, { actor })`. */
interface ConfigEnv {
  readonly Bindings: { readonly actor?: Actor };
}

/** The config API over a store of its own: what both composition roots and the tests serve. */
export function localConfigApi(ports: ConfigStorePorts, options: ConfigApiOptions = {}): Hono<ConfigEnv> {
  return configApi({ store: configStore(ports), ...defaults, ...options });
}

const defaults = {
  bodyLimitBytes: DEFAULT_BODY_LIMIT_BYTES,
  longestWatch: durationMs(30 * 60_000),
  isServing: () => true,
  withConditions: async (objects: readonly Resource[]) => objects,
};

/**
 * The HTTP API for what people configure: objects under `/api` and `/apis` by Kubernetes' conventions, `/v1/apply` and
 * `/v1/revisions`, and its own description. Bad input is never a 5xx; an unexpected failure is a 500 with an id that the log has.
 */
function configApi(settings: Omit<ObjectApi, 'actor'>): Hono<ConfigEnv> {
  const app = new Hono<ConfigEnv>();
  const api = ({ env }: { readonly env: ConfigEnv['Bindings'] | undefined }): ObjectApi => ({
    ...settings,
    actor: env?.actor ?? anybody(''),
  });
  app.post('/v1/apply', (asked) => handleApply(api(asked), asked.req.raw));
  app.get('/v1/objects', (asked) => handleOverview(api(asked)));
  app.get('/v1/revisions', (asked) => handleHistory(api(asked), asked.req.raw));
  app.get('/v1/revisions/:revision{[0-9]{1,15}}', (asked) =>
    handleRevision(api(asked), Number(asked.req.param('revision'))),
  );
  app.get('/v1/revisions/:revision{[0-9]{1,15}}/diff', (asked) =>
    handleDiff(api(asked), asked.req.raw, Number(asked.req.param('revision'))),
  );
  app.post('/v1/revisions/:revision{[0-9]{1,15}}/rollback', (asked) =>
    handleRollback(api(asked), asked.req.raw, Number(asked.req.param('revision'))),
  );
  describe(app);
  app.all('/api/*', (asked) => objects(api(asked), asked.req.raw));
  app.all('/apis/*', (asked) => objects(api(asked), asked.req.raw));
  app.notFound(({ req }) => nothingAt(req.raw));
  app.onError((error, { req }) => failed(settings, error, req.raw));
  return app;
}

/** What clients read to find out what there is. */
function describe(app: Hono<ConfigEnv>): void {
  const orNothing = (found: object | undefined, request: Request): Response =>
    found ? Response.json(found) : nothingAt(request);
  app.get('/version', () => Response.json(apiConventions));
  app.get('/api', ({ req }) => discovered(req.raw, 'core', coreVersions));
  app.get('/apis', ({ req }) => discovered(req.raw, 'groups', groupList()));
  app.get('/apis/:group', ({ req }) => orNothing(groupDocument(req.param('group')), req.raw));
  app.get('/api/:version', ({ req }) => orNothing(resourceList('', req.param('version')), req.raw));
  app.get('/apis/:group/:version', ({ req }) =>
    orNothing(resourceList(req.param('group'), req.param('version')), req.raw),
  );
  app.get('/openapi/v2', ({ req }) => describedInV2(req.raw));
  app.get('/openapi/v3', () => Response.json(openApiDocument()));
  app.get('/openapi/v3/api/:version', ({ req }) => orNothing(versionDocument('', req.param('version')), req.raw));
  app.get('/openapi/v3/apis/:group/:version', ({ req }) =>
    orNothing(versionDocument(req.param('group'), req.param('version')), req.raw),
  );
}

function discovered({ headers }: Request, of: 'core' | 'groups', plain: object): Response {
  const aggregated = aggregatedDiscovery(headers.get('accept'), of);
  if (!aggregated) return Response.json(plain, { headers: { vary: 'accept' } });
  const { body, contentType } = aggregated;
  return Response.json(body, { headers: { 'content-type': contentType, vary: 'accept' } });
}

function describedInV2({ headers }: Request): Response {
  const document = openApiV2();
  const isWire = (headers.get('accept') ?? '').includes(OPENAPI_V2_WIRE.asked);
  return isWire
    ? new Response(encodeOpenApiV2(document), { headers: { 'content-type': OPENAPI_V2_WIRE.answered } })
    : Response.json(document);
}

async function objects(api: ObjectApi, request: Request): Promise<Response> {
  const path = parseObjectPath(new URL(request.url).pathname);
  return path ? handleObjects(api, request, path) : nothingAt(request);
}

function nothingAt({ url, method }: Request): Response {
  const { pathname } = new URL(url);
  if (isObjectPath(pathname)) {
    return failure('NotFound', `unknown type at ${pathname}: the server could not find the requested resource`);
  }
  return problem(404, { code: 'NOT_FOUND', message: `there is no ${method} ${pathname}` });
}

/** Says nothing of the cause to the caller: the log has it, under the id that the answer carries. */
function failed({ store }: Pick<ObjectApi, 'store'>, error: Error, request: Request): Response {
  const { pathname } = new URL(request.url);
  const id = store.ids();
  store.log.error('config-api-failed', { id, method: request.method, path: pathname, error });
  if (error instanceof StoreUnavailable) {
    const message =
      error instanceof StoreFull
        ? `the store is full and nothing was stored; make room on its disk, then try again (${id})`
        : `the store is not available; try again (${id})`;
    return isObjectPath(pathname)
      ? failure('ServiceUnavailable', message, { retryAfterSeconds: 1 })
      : problem(503, { code: error.code, message, id }, { 'Retry-After': '1' });
  }
  if (error instanceof SecretKeyUnavailable) {
    const message = `nothing was stored: ${error.message} (${id})`;
    return isObjectPath(pathname)
      ? failure('ServiceUnavailable', message)
      : problem(503, { code: error.code, message, id });
  }
  const message = `something went wrong on our side; the log names it ${id}`;
  return isObjectPath(pathname) ? failure('InternalError', message) : problem(500, { code: 'INTERNAL', message, id });
}

const isObjectPath = (pathname: string): boolean => /^\/apis?(\/|$)/.test(pathname);
