import type { HostName } from '../base/host-name.ts';
import { isUnixSocket } from '../base/unix-socket.ts';

/** Name of the route configuration of a forward-proxy listener. */
export const HTTP_PROXY_ROUTES = 'http_proxy';

/** RD-1: `<port>` is what all HTTP services of a port share; `<host>:<port>` belongs to one service whose protocol is sniffed. */
export const sharedRouteName = (port: number): string => String(port);
export const sniffedRouteName = (host: HostName, port: number): string => `${host}:${port}`;

/** What a route name stands for. */
export interface ParsedRouteName {
  /** 0 where every port is meant. */
  readonly port: number;
  /** The unix socket that it belongs to, as its Sidecar writes it; empty for others. */
  readonly bind: string;
  /** `undefined` for routes that services share. */
  readonly host: HostName | undefined;
}

/** RD-1: `undefined` for other names. */
export function parseRouteName(name: string): ParsedRouteName | undefined {
  if (name === HTTP_PROXY_ROUTES) return { port: 0, bind: '', host: undefined };
  if (isUnixSocket(name)) return { port: 0, bind: name, host: undefined };
  const colon = name.lastIndexOf(':');
  const port = name.slice(colon + 1);
  if (!/^[1-9]\d{0,4}$/.test(port)) return undefined;
  return { port: Number(port), bind: '', host: colon < 0 ? undefined : name.slice(0, colon) };
}
