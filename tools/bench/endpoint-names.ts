import type { ProtoJson } from '../../lib/envoy/envoy-resource.ts';
import { referencesOf } from '../../lib/snapshot/references.ts';
import type { BenchProcess } from './bench-process.ts';
import { pollBody, type PollingSidecar } from './poll-body.ts';

/** The clusters of this proxy whose endpoints it polls for, each in a loop of its own. */
export async function endpointNames(process: BenchProcess, sidecar: PollingSidecar): Promise<readonly string[]> {
  const { text } = await process.poll('/v3/discovery:clusters', pollBody(sidecar, {}));
  const { resources } = JSON.parse(text) as { readonly resources: readonly (ProtoJson & { readonly name: string })[] };
  return resources
    .flatMap((body) => referencesOf({ type: 'clusters', name: body.name, body }))
    .flatMap(({ type, name }) => (type === 'endpoints' ? [name] : []));
}
