import type { KindDefinition } from './kind-definition.ts';
import { checkVirtualService } from './virtual-service-checks.ts';
import { virtualServiceSpec } from './virtual-service-spec.ts';

/** VirtualService: how requests for some hosts are routed. */
export const virtualService = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  plural: 'virtualservices',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: virtualServiceSpec,
  validate: checkVirtualService,
} satisfies KindDefinition<typeof virtualServiceSpec>;
