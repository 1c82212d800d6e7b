import { hashBytes } from '../../base/hashing.ts';
import type { HttpHandler } from './http-handler.ts';
import { jsonResponse } from './json-response.ts';

/** Whether a path belongs to the console: the page itself, or one of the files that it loads. */
export const isConsolePath = (pathname: string): boolean => pathname === '/' || pathname.startsWith('/console/');

/**
 * Serves the page at `/` and what it loads under `/console/`. Only the given files can be asked for, whatever the path says. A
 * browser asks each time whether what it has is still right, because a new release keeps the names.
 */
export function consoleApi(files: ReadonlyMap<string, Uint8Array>): HttpHandler {
  const served = new Map([...files].map(([name, bytes]) => [name, servedFile(name, bytes)]));
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return jsonResponse(405, { code: 'METHOD_NOT_ALLOWED', message: 'use GET' });
    }
    const { pathname } = new URL(request.url);
    const file = served.get(pathname === '/' ? PAGE : pathname.slice('/console/'.length));
    if (!file) return jsonResponse(404, { code: 'NOT_FOUND', message: `nothing is at ${pathname}` });
    const { headers, bytes } = file;
    const isKnown = knows(request.headers.get('if-none-match') ?? '', headers.etag);
    return isKnown ? new Response(null, { status: 304, headers }) : new Response(bytes, { headers });
  };
}

const PAGE = 'page.html';

interface ServedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>> & { readonly etag: string };
}

function servedFile(name: string, bytes: Uint8Array): ServedFile {
  const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)];
  if (contentType === undefined) throw new RangeError(`the console has a file of unknown type: ${name}`);
  return {
    bytes: new Uint8Array(bytes),
    headers: {
      'content-type': contentType,
      etag: `"${hashBytes(bytes).slice(0, 32)}"`,
      'cache-control': 'no-cache',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  };
}

/** By the end of the name. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The page loads its own files and asks its own service, and nothing else: no script within the page, no other host. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Whether the client has this very file; a front door that compresses makes the tag a weak one. */
function knows(ifNoneMatch: string, etag: string): boolean {
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
