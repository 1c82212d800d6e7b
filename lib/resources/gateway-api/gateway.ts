import type { KindDefinition } from '../kind-definition.ts';
import { checkApiGateway } from './gateway-checks.ts';
import { apiGatewaySpec } from './gateway-spec.ts';

/** Gateway of the Gateway API: what routers of a class listen on, and whose routes they take. */
export const apiGateway = {
  group: 'gateway.networking.k8s.io',
  documentKind: 'Gateway',
  versions: ['v1', 'v1beta1'],
  plural: 'gateways',
  isNamespaced: true,
  body: 'spec',
  reach: 'gateway',
  schema: apiGatewaySpec,
  validate: checkApiGateway,
} satisfies KindDefinition<typeof apiGatewaySpec>;
