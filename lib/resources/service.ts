import type { KindDefinition } from './kind-definition.ts';
import { checkService } from './service-checks.ts';
import { serviceSpec } from './service-spec.ts';

export type { ServicePort } from './service-spec.ts';

/** Kubernetes' Service. Instances are the WorkloadEntries it selects and the EndpointSlices labelled with its name. */
export const service = {
  group: '',
  versions: ['v1'],
  plural: 'services',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: serviceSpec,
  validate: checkService,
} satisfies KindDefinition<typeof serviceSpec>;
