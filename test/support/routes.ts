import type { Kind } from '../../lib/resources/kinds.ts';
import { parseDocument } from '../../lib/resources/parse-document.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import type { RouteResource } from '../../lib/world/gateway-api/converted-route.ts';
import { referenceGrants } from '../../lib/world/gateway-api/reference-grants.ts';
import type { RouteLookup } from '../../lib/world/gateway-api/route-facts.ts';
import type { RouteKind, RouteParent } from '../../lib/world/gateway-api/route-parent.ts';
import { GATEWAY_API_GROUP } from '../../lib/world/gateway-api/route-parent.ts';

/** A route `shop/<name>` attached to `infra/web`, unless it says otherwise. */
export function routeOf(kind: RouteKind, named: string | Partial<Resource['metadata']>, spec: object): RouteResource {
  const metadata = typeof named === 'string' ? { name: named } : named;
  const read = parseDocument(
    {
      apiVersion: `${GATEWAY_API_GROUP}/v1`,
      kind,
      metadata: { namespace: 'shop', ...metadata },
      spec: { parentRefs: [{ name: 'web', namespace: 'infra' }], ...spec },
    },
    { defaultNamespace: 'shop' },
  );
  if (!read.ok) throw new Error(read.issues.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  if (!isRoute(read.value)) throw new Error(`${kind satisfies Kind} is no route`);
  return read.value;
}

const isRoute = (resource: Resource): resource is RouteResource => resource.kind.endsWith('Route');

/** A listener `http` of `infra/web` for every host and namespace, unless it says otherwise. */
export function listenerOf(changes: Partial<RouteParent> = {}): RouteParent {
  const kinds: readonly RouteKind[] = ['HTTPRoute', 'GRPCRoute'];
  return {
    gateway: `infra/web~${changes.section ?? 'http'}`,
    section: 'http',
    port: 80,
    protocol: 'HTTP',
    hostname: '',
    hosts: [],
    allowedKinds: kinds.map((kind) => ({ group: GATEWAY_API_GROUP, kind })),
    ...changes,
  };
}

/** What routes are told: the listeners of `infra/web`, all services of `shop` but `missing`, and no grants. */
export function lookupOf(
  changes: Partial<RouteLookup> = {},
  listeners: readonly RouteParent[] = [listenerOf()],
): RouteLookup {
  return {
    domainSuffix: 'cluster.local',
    listeners: (_kind, namespace, name) => (namespace === 'infra' && name === 'web' ? listeners : []),
    hasService: (namespace, host) => namespace === 'shop' && !host.startsWith('missing.'),
    hasHost: (host) => host === 'api.example.com',
    serviceEntryHosts: (_namespace, name) => (name === 'outside' ? ['api.example.com', '*.example.org'] : undefined),
    isGranted: referenceGrants([]),
    ...changes,
  };
}
