import { isConsolePath } from './console-api.ts';
import { DEBUG_PATHS } from './debug-api.ts';
import type { HttpHandler } from './http-handler.ts';

/** The parts of the service that people use, with a browser or the command line. */
export interface PeopleParts {
  readonly proxies: HttpHandler;
  readonly views: HttpHandler;
  readonly analysis: HttpHandler;
  /** Answers the paths of `DEBUG_PATHS`. */
  readonly debug: HttpHandler;
  readonly service: HttpHandler;
  readonly console: HttpHandler;
  /** Everything else: what people configure. */
  readonly config: HttpHandler;
}

/** The parts of the service that answer HTTP. */
export interface HttpParts extends PeopleParts {
  readonly discovery: HttpHandler;
  readonly operations: HttpHandler;
}

/** Which part answers which path; polls come first, because they are nearly all there is. */
export function httpRoutes(parts: HttpParts): HttpHandler {
  const people = peopleRoutes(parts);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/v3/')) return parts.discovery(request);
    if (OPERATIONS.has(pathname)) return parts.operations(request);
    return people(request);
  };
}

const OPERATIONS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', '/debug/push_status']);

/** The same without polls and operations, which are another function in the cloud. */
export function peopleRoutes(parts: PeopleParts): HttpHandler {
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/v1/proxies' || pathname.startsWith('/v1/proxies/')) return parts.proxies(request);
    if (pathname === '/v1/views') return parts.views(request);
    if (pathname === '/v1/analysis') return parts.analysis(request);
    if (DEBUG_PATHS.has(pathname)) return parts.debug(request);
    if (pathname === '/v1/service') return parts.service(request);
    if (isConsolePath(pathname)) return parts.console(request);
    return parts.config(request);
  };
}
