import type { RoutedEgress, RouteScope } from './route-view.ts';
import type { ParsedRouteName } from './route-name.ts';

/** The egress listener whose imports a route configuration is made of; port 0 means every port of them (RD-3). */
export interface RoutePlace {
  readonly listener: RoutedEgress;
  readonly port: number;
}

/**
 * RD-2: the egress listener for exactly this port or unix socket, else the one for every port; `undefined` where there is
 * neither. A listener that says that it is a forward proxy leads to every port (RD-17). What a service is met for at an address
 * of its own comes from the listener that imports it there, if the other one does not.
 */
export function routePlace({ egress }: RouteScope, { port, bind, host }: ParsedRouteName): RoutePlace | undefined {
  const meant = egress.filter(
    (each) => each.port === undefined || (each.port.number === port && (port !== 0 || each.bind === bind)),
  );
  const listener = (host !== undefined && meant.find((each) => imports(each, host, port))) || meant[0];
  if (listener === undefined) return undefined;
  return { listener, port: listener.port?.protocol === 'http-proxy' ? 0 : port };
}

const imports = ({ services }: RoutedEgress, host: string, port: number): boolean =>
  services.some(({ service }) => service.hostname === host && service.ports.some(({ number }) => number === port));
