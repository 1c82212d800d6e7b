import type { KindDefinition } from '../kind-definition.ts';
import { checkTlsRoute } from './connection-route-checks.ts';
import { tlsRouteSpec } from './connection-route-specs.ts';

/** TLSRoute: how TLS connections are routed by the server name that they ask for. */
export const tlsRoute = {
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1alpha3', 'v1alpha2'],
  plural: 'tlsroutes',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: tlsRouteSpec,
  validate: checkTlsRoute,
} satisfies KindDefinition<typeof tlsRouteSpec>;
