import { checkWorkloadEntry } from './endpoint-checks.ts';
import type { KindDefinition } from './kind-definition.ts';
import { workloadEntrySpec } from './workload-entry-spec.ts';

export type { WorkloadEntrySpec } from './workload-entry-spec.ts';

/** WorkloadEntry: one running instance that services select by labels. */
export const workloadEntry = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  plural: 'workloadentries',
  isNamespaced: true,
  body: 'spec',
  reach: 'services',
  schema: workloadEntrySpec,
  validate: ({ spec }, log) => checkWorkloadEntry(log.at('spec'), spec),
} satisfies KindDefinition<typeof workloadEntrySpec>;
