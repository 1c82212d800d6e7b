import { checkGateway } from './gateway-checks.ts';
import { gatewaySpec } from './gateway-spec.ts';
import type { KindDefinition } from './kind-definition.ts';

export type { ServerSpec, ServerTlsSpec } from './gateway-spec.ts';

/** Gateway: what routers listen on, and for which hosts. */
export const gateway = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  plural: 'gateways',
  isNamespaced: true,
  body: 'spec',
  reach: 'gateway',
  schema: gatewaySpec,
  validate: checkGateway,
} satisfies KindDefinition<typeof gatewaySpec>;
