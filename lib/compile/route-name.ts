import type { HostName } from '../base/host-name.ts';

/** Name of the route configuration of a forward-proxy listener. */
export const HTTP_PROXY_ROUTES = 'http_proxy';

/** RD-1: `<port>` is what all HTTP services of a port share; `<host>:<port>` belongs to one service whose protocol is sniffed. */
export const sharedRouteName = (port: number): string => String(port);
export const sniffedRouteName = (host: HostName, port: number): string => `${host}:${port}`;

/** Port and host that a route name stands for: port 0 for the forward proxy, no host for a shared one; undefined for other names. */
export function parseRouteName(
  name: string,
): { readonly port: number; readonly host: HostName | undefined } | undefined {
  if (name === HTTP_PROXY_ROUTES) return { port: 0, host: undefined };
  const colon = name.lastIndexOf(':');
  const port = name.slice(colon + 1);
  if (!/^[1-9]\d{0,4}$/.test(port)) return undefined;
  return { port: Number(port), host: colon < 0 ? undefined : name.slice(0, colon) };
}
