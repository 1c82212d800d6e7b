import { isIpAddress } from '../base/ip-address.ts';
import type { HttpConnectionManagerIr } from '../ir/http-connection-manager.ts';

/** One request through one proxy, as people write it. */
export interface Call {
  /** `GET http://host:port/path?query`; the port is the one that is connected to unless `to` says otherwise. */
  readonly call: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the connection was going before it was redirected; without an address, to one that no listener has. */
  readonly to?: { readonly address?: string; readonly port?: number };
  /** `inbound` is a connection of somebody else to the proxy's own workload. */
  readonly direction?: 'inbound' | 'outbound';
}

/** A request as listeners and routes see it. */
export interface Request {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** What the Host header says; `host` and `port` are what was connected to. */
  readonly authority: string;
  readonly host: string;
  readonly port: number;
  /** Without the query. */
  readonly path: string;
  /** With the query. */
  readonly target: string;
  readonly query: ReadonlyMap<string, string>;
  /** By lower-case name, pseudo-headers among them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The request of a call, read from its one line; `undefined` for a line that is none. */
export function readRequest({ call, headers = {} }: Call): Request | undefined {
  const [, method = '', scheme = '', authority = '', target = '/'] =
    /^([A-Z]+) (https?):\/\/([^/?\s]+)(\S*)$/.exec(call) ?? [];
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  const [path = '/', query = ''] = target.split('?');
  const port = Number(/:(\d+)$/.exec(authority)?.[1] ?? (scheme === 'https' ? 443 : 80));
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const asked = lower['host'] ?? authority;
  return {
    method,
    scheme,
    authority: asked,
    host: withoutPort(authority),
    port,
    path: path === '' ? '/' : path,
    target: target === '' ? '/' : target,
    query: readQuery(query),
    headers: { ...lower, ':method': method, ':authority': asked, ':scheme': scheme },
  };
}

/** As they stand, for Envoy decodes nothing; of parameters with one name the first counts. */
function readQuery(query: string): ReadonlyMap<string, string> {
  const pairs = query.split('&').map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=');
    return [name, value.join('=')];
  });
  return new Map(pairs.reverse());
}

/**
 * The request as routes and clusters see it: dot segments resolved, and if need be slashes decoded and merged.
 * Source: Envoy's API reference, HttpConnectionManager, `normalize_path`.
 */
export function withNormalPath(
  request: Request,
  { isNormalized, mergesSlashes, escapedSlashes }: HttpConnectionManagerIr['paths'],
): Request {
  if (!isNormalized && !mergesSlashes && !escapedSlashes.startsWith('decode')) return request;
  const decoded = escapedSlashes.startsWith('decode')
    ? request.path.replace(/%2f/gi, '/').replace(/%5c/gi, '\\')
    : request.path;
  const resolved = isNormalized ? new URL(`http://normal${decoded}`).pathname : decoded;
  const path = mergesSlashes ? resolved.replace(/\/{2,}/g, '/') : resolved;
  return { ...request, path, target: path + request.target.slice(request.path.length) };
}

export function withoutPort(authority: string): string {
  return authority.replace(/:\d+$/, (port) => (isIpAddress(authority) ? port : ''));
}
