import { type Recall, recallList } from '../base/recall.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { hasCondition } from '../resources/conditions.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import { isHealthChecked } from '../resources/workload-entry.ts';
import { readWorkload, type Workload } from './workload.ts';

const REGISTERED_BY_GROUP = 'istio.io/autoRegistrationGroup';
const WORKLOAD_NAME_LABEL = 'service.istio.io/workload-name';

/** Instances by namespace, sorted by name; what its own health check calls unhealthy is left out (SE-10). */
export function readWorkloadEntries(
  resources: readonly Resource[],
  mesh: MeshSettings,
  recall: Recall,
): ReadonlyMap<string, readonly Workload[]> {
  const byNamespace = new Map<string, Workload[]>();
  const entries = resources
    .filter((resource) => resource.kind === 'WorkloadEntry')
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const entry of entries) {
    if (!isServing(entry)) continue;
    const { namespace } = entry.metadata;
    const workloads = byNamespace.get(namespace) ?? [];
    if (workloads.length === 0) byNamespace.set(namespace, workloads);
    workloads.push(recall.value(`workload ${keyOf(entry)}`, [entry, mesh], () => workloadOf(entry, mesh)));
  }
  return new Map(
    [...byNamespace].map(([namespace, workloads]) => [
      namespace,
      recallList(recall, `workloads ${namespace}`, workloads),
    ]),
  );
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
