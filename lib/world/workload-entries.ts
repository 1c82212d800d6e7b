import { type Recall, recallList } from '../base/recall.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { hasCondition } from '../resources/conditions.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import { isHealthChecked } from '../resources/workload-entry.ts';
import { readWorkload, type Workload } from './workload.ts';

const REGISTERED_BY_GROUP = 'istio.io/autoRegistrationGroup';
const WORKLOAD_NAME_LABEL = 'service.istio.io/workload-name';

/** The instances of a namespace, sorted by name; what its own health check calls unhealthy is left out (SE-10). */
export function readWorkloadEntries(
  resources: readonly Resource[],
  mesh: MeshSettings,
  recall: Recall,
): readonly Workload[] {
  const workloads = resources
    .filter((resource) => resource.kind === 'WorkloadEntry')
    .filter(isServing)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((entry) => recall.value(`workload ${keyOf(entry)}`, [entry, mesh], () => workloadOf(entry, mesh)));
  return recallList(recall, 'workloads', workloads);
}

function workloadOf(entry: Resource<'WorkloadEntry'>, mesh: MeshSettings): Workload {
  const { namespace } = entry.metadata;
  const labels = { ...entry.spec.labels, ...entry.metadata.labels }; // SE-9: what the metadata says wins
  return readWorkload(entry.spec, { source: keyOf(entry), namespace, name: workloadName(entry), labels }, mesh);
}

/** The name by which statistics know the workload: its group's, else the one it gives itself, else the entry's. */
function workloadName({ metadata }: Resource<'WorkloadEntry'>): string {
  return metadata.annotations?.[REGISTERED_BY_GROUP] ?? metadata.labels?.[WORKLOAD_NAME_LABEL] ?? metadata.name;
}

/** SE-10, ST-5: only an entry that says it is checked has to show a condition; an absent one means unhealthy then. */
function isServing(entry: Resource<'WorkloadEntry'>): boolean {
  return !isHealthChecked(entry) || hasCondition(entry, 'Healthy', false);
}
