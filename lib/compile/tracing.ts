import type { TracingIr, TraceTagIr } from '../ir/tracing.ts';
import type { TracingSettings } from '../model/tracing.ts';
import type { TracedAs } from '../view/traced-as.ts';
import { byName } from './joined-pieces.ts';
import type { ListenerView } from './listener-view.ts';

/** What an HTTP listener reports as spans; `undefined` where the mesh wants none, or the proxy has no tracer. */
export function tracing({ facts: { profile, tracedAs }, mesh }: ListenerView): TracingIr | undefined {
  if (mesh.tracing === undefined || profile !== 'istio-proxy') return undefined;
  const { randomSampling, maxPathLength } = mesh.tracing;
  return { randomSampling, tags: tagsOf(mesh.tracing, tracedAs), maxPathLength };
}

/** TR-10 and TR-11 of tracing: by name, which is how Istio writes them. */
function tagsOf({ hasIstioTags, customTags }: TracingSettings, own: TracedAs | undefined): readonly TraceTagIr[] {
  const istio = hasIstioTags ? [...TRIAL_TAGS, ...identityTags(own)] : [];
  return byName([...istio, ...customTags]);
}

function identityTags(own: TracedAs | undefined): readonly TraceTagIr[] {
  const tag = (name: string, text: string | undefined, unsaid: string): TraceTagIr => ({
    name: `istio.${name}`,
    value: { from: 'text', text: text === undefined || text === '' ? unsaid : text },
  });
  return [
    tag('canonical_revision', own?.revision, 'latest'),
    tag('canonical_service', own?.service, 'unknown'),
    tag('cluster_id', own?.clusterId, 'unknown'),
    tag('mesh_id', own?.meshId, 'unknown'),
    tag('namespace', own?.namespace, 'default'),
  ];
}

/** What policies that are only tried out would have decided; nothing is written where there are none. */
const TRIAL_TAGS: readonly TraceTagIr[] = (['allow', 'deny'] as const).flatMap((action) =>
  (
    [
      ['name', 'effective_policy_id'],
      ['result', 'engine_result'],
    ] as const
  ).map(([part, key]): TraceTagIr => ({
    name: `istio.authorization.dry_run.${action}_policy.${part}`,
    value: {
      from: 'request-metadata',
      filter: 'envoy.filters.http.rbac',
      key: `istio_dry_run_${action}_shadow_${key}`,
    },
  })),
);
