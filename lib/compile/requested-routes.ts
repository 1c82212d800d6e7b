import type { ListenerIr } from '../ir/listener.ts';

/** Names of the route configurations that listeners ask for; nobody would ever ask for another. */
export function requestedRoutes(listeners: readonly ListenerIr[]): readonly string[] {
  return listeners.flatMap(({ chains, defaultChain }) =>
    [...chains, ...(defaultChain === undefined ? [] : [defaultChain])].flatMap(({ filters }) =>
      filters.flatMap((filter) =>
        filter.type === 'http-connection-manager' && filter.routes.by === 'name' ? [filter.routes.name] : [],
      ),
    ),
  );
}
