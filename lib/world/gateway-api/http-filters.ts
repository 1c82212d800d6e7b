import type { HttpRouteFilter } from '../../resources/gateway-api/http-route-spec.ts';
import type { HeaderRewrites, HttpRoute, HttpRouteDestination } from '../../resources/virtual-service-spec.ts';
import { resolveBackend, type RouteOrigin, type RouteProblem } from './backends.ts';
import { type Drawn, weighted } from './converted-rule.ts';
import { corsOf, headerOperations, headerProblem, mirrorShare, redirectOf, rewriteOf } from './route-filters.ts';
import type { HttpBackendRef } from '../../resources/gateway-api/http-route-spec.ts';

type Changes = Pick<HttpRoute, 'headers' | 'redirect' | 'rewrite' | 'mirrors' | 'corsPolicy'>;

/** What filters make of a rule. A problem with `changes` is that of a mirror; one without leaves nothing of the route. */
export interface Filtered {
  readonly changes: Changes | undefined;
  readonly problem: RouteProblem | undefined;
}

/** GA-18: all filters of a rule, those of a GRPCRoute among them. */
export function applyFilters(filters: readonly HttpRouteFilter[], origin: RouteOrigin): Filtered {
  let changes: Changes = {};
  let problem: RouteProblem | undefined;
  for (const filter of filters) {
    const part = applyFilter(filter, origin);
    if (part.changes === undefined) return part;
    problem = part.problem ?? problem;
    const { headers, mirrors, ...rest } = part.changes;
    changes = {
      ...changes,
      ...rest,
      ...(headers && { headers: { ...changes.headers, ...headers } }),
      ...(mirrors && { mirrors: [...(changes.mirrors ?? []), ...mirrors] }),
    };
  }
  return { changes, problem };
}

function applyFilter(filter: HttpRouteFilter, origin: RouteOrigin): Filtered {
  const { requestMirror, requestRedirect, urlRewrite, cors } = filter;
  switch (filter.type) {
    case 'RequestHeaderModifier':
    case 'ResponseHeaderModifier':
      return applyHeaders(filter);
    case 'RequestMirror':
      return requestMirror === undefined ? NO_CHANGES : applyMirror(requestMirror, origin);
    case 'RequestRedirect':
      return requestRedirect === undefined ? NO_CHANGES : changed({ redirect: redirectOf(requestRedirect) });
    case 'URLRewrite': {
      const rewrite = urlRewrite && rewriteOf(urlRewrite);
      return rewrite === undefined ? NO_CHANGES : changed({ rewrite });
    }
    case 'CORS':
      return cors === undefined ? NO_CHANGES : changed({ corsPolicy: corsOf(cors) });
    case 'ExtensionRef':
    default: // a word that the schema does not know
      return unsupported(filter.type);
  }
}

const changed = (changes: Changes): Filtered => ({ changes, problem: undefined });
const NO_CHANGES: Filtered = { changes: {}, problem: undefined };

const unsupported = (type: string): Filtered => ({
  changes: undefined,
  problem: { reason: 'InvalidFilter', message: `unsupported filter type "${type}"` },
});

function applyHeaders({ type, requestHeaderModifier, responseHeaderModifier }: HttpRouteFilter): Filtered {
  const isRequest = type === 'RequestHeaderModifier';
  const modifier = isRequest ? requestHeaderModifier : responseHeaderModifier;
  if (modifier === undefined) return NO_CHANGES;
  const problem = headerProblem(modifier);
  if (problem !== undefined) return { changes: undefined, problem };
  const operations = headerOperations(modifier);
  return changed({ headers: isRequest ? { request: operations } : { response: operations } });
}

/** A mirror that leads nowhere is left out; requests go on without a copy. */
function applyMirror(mirror: NonNullable<HttpRouteFilter['requestMirror']>, origin: RouteOrigin): Filtered {
  const backend = resolveBackend(mirror.backendRef, origin);
  if (backend.type !== 'found') return { changes: {}, problem: backend.problem };
  return changed({ mirrors: [{ destination: backend.destination, ...mirrorShare(mirror) }] });
}

/** A destination with the header changes of its backend; a problem where the backend has any other filter. */
export function filteredDestination(backend: Drawn<HttpBackendRef>): HttpRouteDestination | RouteProblem {
  let headers: HeaderRewrites = {};
  for (const filter of backend.ref.filters ?? []) {
    const isHeaders = filter.type === 'RequestHeaderModifier' || filter.type === 'ResponseHeaderModifier';
    const { changes, problem } = isHeaders ? applyHeaders(filter) : unsupported(filter.type);
    if (problem !== undefined) return problem;
    headers = { ...headers, ...changes?.headers };
  }
  return { ...weighted(backend), ...(Object.keys(headers).length > 0 && { headers }) };
}
