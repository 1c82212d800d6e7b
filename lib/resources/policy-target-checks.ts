import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import { checkSelector } from './name-checks.ts';
import type { PolicyTargetSpec, TargetReferenceSpec } from './policy-target-spec.ts';

/** What the CRDs of policies allow. */
const MOST_TARGETS = 16;
const MOST_LABELS = 4096;
const LONGEST_VALUE = 63;
const LONGEST_GROUP = 253;

/** Whom a policy may be for, as group/kind; empty is Kubernetes' core group. */
const TARGETS: ReadonlySet<string> = new Set([
  '/Service',
  'core/Service',
  'networking.istio.io/ServiceEntry',
  'gateway.networking.k8s.io/Gateway',
  'gateway.networking.k8s.io/GatewayClass',
]);
const TARGETS_SHOWN = 'a Gateway, a GatewayClass, a Service or a ServiceEntry';

/** VAL-2 to VAL-4: whom a policy is for. The log is bound to the policy's `spec`. */
export function checkPolicyTarget(log: FindingLog, { selector, targetRef, targetRefs = [] }: PolicyTargetSpec): void {
  const said = [selector !== undefined, targetRef !== undefined, targetRefs.length > 0].filter(Boolean);
  if (said.length > 1) {
    log.error('CONFLICT', 'only one of targetRefs, targetRef and selector can be set; keep the one that is meant');
  }
  if (selector !== undefined) checkWorkloads(log.at('selector'), selector.matchLabels ?? {});
  if (targetRef !== undefined) checkReference(log.at('targetRef'), targetRef);
  if (targetRefs.length > MOST_TARGETS) {
    log.at('targetRefs').error('INVALID_VALUE', `must have at most ${MOST_TARGETS} items; write a second policy`);
  }
  targetRefs.forEach((ref, index) => checkReference(log.at(`targetRefs[${index}]`), ref));
}

/** VAL-3 */
function checkWorkloads(log: FindingLog, labels: Readonly<Record<string, string>>): void {
  const here = log.at('matchLabels');
  checkSelector(here, labels);
  const entries = Object.entries(labels);
  if (entries.length === 0) {
    const message = 'workload selector specified without labels, so that all workloads are meant; leave it out';
    log.warning('INEFFECTIVE', message);
  }
  if (entries.length > MOST_LABELS) {
    here.error('INVALID_VALUE', `must have at most ${MOST_LABELS} labels; no workload has more`);
  }
  for (const [key, value] of entries) {
    if (value.length > LONGEST_VALUE) {
      here.member(key).error('INVALID_VALUE', `is longer than ${LONGEST_VALUE} characters, which no label can be`);
    }
  }
}

/** VAL-4 */
function checkReference(
  log: FindingLog,
  { group = '', kind = '', name = '', namespace = '' }: TargetReferenceSpec,
): void {
  if (name === '') log.at('name').error('REQUIRED', 'targetRef name must be set; write the name of the object');
  if (group.length > LONGEST_GROUP || name.length > LONGEST_GROUP) {
    log.error('INVALID_VALUE', `group and name have at most ${LONGEST_GROUP} characters; no object has more`);
  }
  if (namespace !== '') {
    const message = 'targetRef namespace must not be set; put the policy into the namespace of what it is for';
    log.at('namespace').error('INVALID_VALUE', message);
  }
  if (TARGETS.has(`${group}/${kind}`)) return;
  const found = quoted(group === '' ? kind : `${group}/${kind}`);
  log.at('kind').error('INVALID_VALUE', `targetRef must be to ${TARGETS_SHOWN}, each with its own group; not ${found}`);
}
