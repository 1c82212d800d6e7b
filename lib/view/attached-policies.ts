import { selects } from '../base/labels.ts';
import { type AttachedPolicy, GATEWAY_NAME_LABEL, type PoliciesByNamespace } from '../model/policy-attachment.ts';
import type { ViewFacts } from './proxy-view.ts';

/** What of a proxy decides which policies apply to it. */
export type PolicyWorkload = Pick<ViewFacts, 'type' | 'namespace' | 'selectedLabels'>;

/**
 * The policies that apply to a proxy: those of the given namespaces in this order, of each the oldest first (ATT-12), of a
 * namespace that is named twice once (ATT-13).
 */
export function attachedPolicies<Policy extends AttachedPolicy>(
  policies: PoliciesByNamespace<Policy>,
  namespaces: readonly string[],
  workload: PolicyWorkload,
): readonly Policy[] {
  return [...new Set(namespaces)].flatMap((namespace) =>
    (policies.get(namespace) ?? []).filter((policy) => isAttached(policy, workload)),
  );
}

function isAttached(
  { attachment, namespace }: AttachedPolicy,
  { type, namespace: own, selectedLabels }: PolicyWorkload,
) {
  // ATT-2, ATT-3; ATT-4: waypoints are for what names them alone
  if (attachment.by === 'selector') return type !== 'waypoint' && selects(attachment.labels, selectedLabels);
  const gateway = selectedLabels[GATEWAY_NAME_LABEL]; // ATT-1
  if (gateway === undefined || namespace !== own) return false;
  return attachment.targets.some(
    (target) =>
      target.group === 'gateway.networking.k8s.io' && // ATT-7
      target.kind === 'Gateway' &&
      target.name === gateway &&
      (target.namespace === '' || target.namespace === own),
  );
}
