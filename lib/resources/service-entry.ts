import type { KindDefinition } from './kind-definition.ts';
import { checkServiceEntry } from './service-entry-checks.ts';
import { serviceEntrySpec } from './service-entry-spec.ts';

export type { ServiceEntryPort, ServiceEntrySpec } from './service-entry-spec.ts';

/** ServiceEntry: a service, inside the mesh or outside, by its host names. */
export const serviceEntry = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  plural: 'serviceentries',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: serviceEntrySpec,
  validate: checkServiceEntry,
} satisfies KindDefinition<typeof serviceEntrySpec>;
