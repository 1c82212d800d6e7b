import { canonicalJson } from '../base/hashing.ts';
import type { GatewayServerSource, GatewaySource } from '../world/gateways.ts';
import type { AnalyzedMesh } from './analyzed-mesh.ts';
import type { Found } from './finding.ts';

/** Gateways for the same proxies that open one port for one host; those that cannot be served together are named by the view. */
export function conflictingGateways({ world, issues }: AnalyzedMesh): readonly Found[] {
  const rejected = new Set(
    issues
      .filter(({ code }) => code === 'GATEWAY_SERVER_REJECTED')
      .map(({ resource = '', path }) => `${resource} ${path}`),
  );
  const firsts = new Map<string, GatewaySource>();
  return world.gateways.flatMap((gateway) =>
    gateway.servers.flatMap((server) => {
      const taken = [...socketsOf(gateway, server)].flatMap(({ host, socket }) => {
        const first = firsts.get(socket);
        if (first === undefined) firsts.set(socket, gateway);
        return first === undefined || first === gateway ? [] : [{ host, first }];
      });
      return rejected.has(`${gateway.source} ${server.path}`)
        ? []
        : taken.map(({ host, first }): Found => ({
            code: 'GATEWAY_CONFLICT',
            resource: gateway.source,
            path: `${server.path}.hosts`,
            message: `${host} is opened on port ${server.port} by ${first.source} as well, for the same proxies`,
          }));
    }),
  );
}

/** One for each host, with all that must be equal for two of them to meet. */
const socketsOf = (
  { selector, routersIn, attachedServices }: GatewaySource,
  { hosts, port, bind }: GatewayServerSource,
): readonly { readonly host: string; readonly socket: string }[] =>
  hosts.map((host) => ({
    host,
    socket: canonicalJson([selector ?? {}, routersIn ?? '', attachedServices ?? [], port, bind, host]),
  }));
