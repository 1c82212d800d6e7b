import { isConsolePath } from './console-api.ts';
import { DEBUG_PATHS } from './debug-api.ts';
import type { Gate } from './gate.ts';
import type { ActorHandler, HttpHandler, SentHandler } from './http-handler.ts';

/** The parts of the service that people use, with a browser or the command line. */
export interface PeopleParts {
  readonly proxies: ActorHandler;
  readonly views: HttpHandler;
  readonly analysis: HttpHandler;
  /** Answers the paths of `DEBUG_PATHS`. */
  readonly debug: HttpHandler;
  readonly service: HttpHandler;
  readonly console: HttpHandler;
  /** Everything else: what people configure. */
  readonly config: ActorHandler;
}

/** The parts of the service that answer HTTP. */
export interface HttpParts extends PeopleParts {
  readonly discovery: SentHandler;
  readonly operations: HttpHandler;
}

/** Which part answers which path, and whom the gate lets to it; polls, which prove themselves who they are, come first, because they are nearly all there is. */
export function httpRoutes(parts: HttpParts, gate: Gate): SentHandler {
  const people = gate(peopleRoutes(parts));
  const operations = gate(parts.operations);
  return async (request, sender) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/v3/')) return parts.discovery(request, sender);
    if (OPERATIONS.has(pathname)) return operations(request, sender);
    return people(request, sender);
  };
}

const OPERATIONS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', '/debug/push_status']);

/** The same without polls and operations, which are another function in the cloud. */
export function peopleRoutes(parts: PeopleParts): ActorHandler {
  return async (request, actor) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/v1/proxies' || pathname.startsWith('/v1/proxies/')) return parts.proxies(request, actor);
    if (pathname === '/v1/views') return parts.views(request);
    if (pathname === '/v1/analysis') return parts.analysis(request);
    if (DEBUG_PATHS.has(pathname)) return parts.debug(request);
    if (pathname === '/v1/service') return parts.service(request);
    if (isConsolePath(pathname)) return parts.console(request);
    return parts.config(request, actor);
  };
}
