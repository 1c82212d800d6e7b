import type { HttpHandler } from './discovery-api.ts';

/** The parts of the service that answer HTTP. */
export interface HttpParts {
  readonly discovery: HttpHandler;
  readonly proxies: HttpHandler;
  readonly operations: HttpHandler;
  /** Everything else: what people configure. */
  readonly config: HttpHandler;
}

/** Which part answers which path; polls come first, because they are nearly all there is. */
export function httpRoutes(parts: HttpParts): HttpHandler {
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/v3/')) return parts.discovery(request);
    if (pathname === '/v1/proxies' || pathname.startsWith('/v1/proxies/')) return parts.proxies(request);
    if (OPERATIONS.has(pathname)) return parts.operations(request);
    if (pathname === '/') return welcome();
    return parts.config(request);
  };
}

const OPERATIONS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

function welcome(): Response {
  return new Response(WELCOME, { headers: { 'content-type': 'text/html; charset=utf-8' } });
}

const WELCOME = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Pilotless</title>
<h1>Pilotless</h1>
<p>This is the control plane of a service mesh: it takes Istio's configuration and answers Envoy's polls.</p>
<ul>
<li><a href="/v1/proxies">/v1/proxies</a> proxies and whether they have the newest configuration</li>
<li><a href="/v1/revisions">/v1/revisions</a> what was configured, revision by revision</li>
<li><a href="/openapi/v3">/openapi/v3</a> the API</li>
<li><a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a> for operators</li>
</ul>
</html>
`;
