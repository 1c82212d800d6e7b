import type { KindDefinition } from './kind-definition.ts';
import { checkEndpointSlice } from './endpoint-slice-checks.ts';
import { endpointSliceBody } from './endpoint-slice-spec.ts';

export type { SliceEndpoint } from './endpoint-slice-spec.ts';

/** Kubernetes' EndpointSlice: some of a Service's instances. Its body stands at the document's root; a Resource has it in `spec`. */
export const endpointSlice = {
  group: 'discovery.k8s.io',
  versions: ['v1'],
  plural: 'endpointslices',
  isNamespaced: true,
  body: 'root',
  reach: 'services',
  schema: endpointSliceBody,
  validate: checkEndpointSlice,
} satisfies KindDefinition<typeof endpointSliceBody>;
