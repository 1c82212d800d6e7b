import { oldestFirst } from '../base/age.ts';
import type { Issue } from '../base/issue.ts';
import type { AttachedPolicy, PoliciesByNamespace, PolicyAttachment } from '../model/policy-attachment.ts';
import type { PolicyTargetSpec, TargetReferenceSpec } from '../resources/policy-target-spec.ts';
import type { ResourceKey } from '../resources/resource.ts';

/** ATT-5: one `targetRef` counts where there are no `targetRefs`. */
export function readAttachment(spec: PolicyTargetSpec): PolicyAttachment {
  const { selector, targetRef, targetRefs = [] } = spec;
  const references = targetRefs.length === 0 && targetRef !== undefined ? [targetRef] : targetRefs;
  if (references.length === 0) return { by: 'selector', labels: selector?.matchLabels ?? {} };
  return { by: 'targets', targets: references.map(readTarget) };
}

const readTarget = ({ group = '', kind = '', name = '', namespace = '' }: TargetReferenceSpec) => ({
  group: group === '' ? 'core' : group, // ATT-11
  kind,
  name,
  namespace,
});

/** ATT-12 */
export function policiesByNamespace<Policy extends AttachedPolicy>(
  policies: readonly Policy[],
): PoliciesByNamespace<Policy> {
  return Map.groupBy(policies.toSorted(oldestFirst), ({ namespace }) => namespace);
}

/** Warnings about targets that no proxy stands for: what only a waypoint would carry out, of which there are none. */
export function unenforcedTargets(policy: { source: ResourceKey; attachment: PolicyAttachment }): readonly Issue[] {
  const { source, attachment } = policy;
  if (attachment.by === 'selector') return [];
  return attachment.targets
    .filter(({ kind }) => kind !== 'Gateway')
    .map(({ kind, name }) => ({
      severity: 'warning',
      code: 'POLICY_NOT_ENFORCED',
      resource: source,
      path: 'spec.targetRefs',
      message: `no proxy carries it out for ${kind} ${name}, which takes a waypoint; select the workloads by their labels`,
    }));
}
