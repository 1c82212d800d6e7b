import type { KindDefinition } from '../kind-definition.ts';
import { checkHttpRouteDocument } from './http-route-checks.ts';
import { httpRouteSpec } from './http-route-spec.ts';

/** HTTPRoute: how HTTP requests that come to gateways or services are routed. */
export const httpRoute = {
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1beta1'],
  plural: 'httproutes',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: httpRouteSpec,
  validate: checkHttpRouteDocument,
} satisfies KindDefinition<typeof httpRouteSpec>;
