import { checkWorkloadEntry } from './endpoint-checks.ts';
import type { KindDefinition } from './kind-definition.ts';
import type { ObjectMeta } from './metadata.ts';
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

/** Whether the instance serves only while its status says that it is healthy (ST-5): the one status that is an input of builds. */
export function isHealthChecked({ metadata }: { readonly metadata: Pick<ObjectMeta, 'annotations'> }): boolean {
  return metadata.annotations?.[HEALTH_CHECKED] === 'true';
}

const HEALTH_CHECKED = 'proxy.istio.io/health-checks-enabled';
