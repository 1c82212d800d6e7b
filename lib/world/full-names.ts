import type { Destination, HttpMatchRequest, HttpRoute } from '../resources/virtual-service-spec.ts';
import type { NameResolver } from './name-resolver.ts';

/** The same route with every host and gateway by its full name, so that it means the same in any other document (VS-1). */
export function withFullNames(route: HttpRoute, names: NameResolver): HttpRoute {
  const { match, route: destinations, mirror, mirrors } = route;
  return {
    ...route,
    ...(match && { match: match.map((each) => matchWithFullNames(each, names)) }),
    ...(destinations && { route: destinations.map((each) => ({ ...each, ...destinationOf(each, names) })) }),
    ...(mirror && { mirror: { ...mirror, host: names.host(mirror.host) } }),
    ...(mirrors && { mirrors: mirrors.map((each) => ({ ...each, ...destinationOf(each, names) })) }),
  };
}

function matchWithFullNames(match: HttpMatchRequest, names: NameResolver): HttpMatchRequest {
  return match.gateways === undefined ? match : { ...match, gateways: match.gateways.map(names.gateway) };
}

function destinationOf(
  { destination }: { readonly destination?: Destination },
  names: NameResolver,
): { readonly destination?: Destination } {
  return destination === undefined ? {} : { destination: { ...destination, host: names.host(destination.host) } };
}
