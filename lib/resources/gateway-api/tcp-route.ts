import type { KindDefinition } from '../kind-definition.ts';
import { checkTcpRoute } from './connection-route-checks.ts';
import { tcpRouteSpec } from './connection-route-specs.ts';

/** TCPRoute: where the connections that come to listeners or services go. */
export const tcpRoute = {
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1alpha2'],
  plural: 'tcproutes',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: tcpRouteSpec,
  validate: checkTcpRoute,
} satisfies KindDefinition<typeof tcpRouteSpec>;
