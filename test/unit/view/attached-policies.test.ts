import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttachedPolicy, attachmentLabels } from '../../../lib/model/policy-attachment.ts';
import type { PolicyTargetSpec } from '../../../lib/resources/policy-target-spec.ts';
import { resourceKey } from '../../../lib/resources/resource.ts';
import { attachedPolicies, type PolicyWorkload } from '../../../lib/view/attached-policies.ts';
import { policiesByNamespace, readAttachment, unenforcedTargets } from '../../../lib/world/policy-attachment.ts';

const NAME_LABEL = 'gateway.networking.k8s.io/gateway-name';
const edge = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' };
const workload: PolicyWorkload = { type: 'sidecar', namespace: 'shop', selectedLabels: { app: 'cart', tier: 'web' } };
const router: PolicyWorkload = {
  type: 'router',
  namespace: 'shop',
  selectedLabels: { app: 'edge', [NAME_LABEL]: 'edge' },
};

const policy = (name: string, spec: PolicyTargetSpec = {}, more: Partial<AttachedPolicy> = {}): AttachedPolicy => ({
  name,
  namespace: 'shop',
  createdAt: '',
  attachment: readAttachment(spec),
  ...more,
});

/** Whether a policy of the proxy's own namespace applies to it. */
const applies = (spec: PolicyTargetSpec, to: PolicyWorkload, more: Partial<AttachedPolicy> = {}): boolean =>
  attachedPolicies(policiesByNamespace([policy('p', spec, more)]), ['istio-system', 'shop'], to).length === 1;

const selecting = (matchLabels: Readonly<Record<string, string>>): PolicyTargetSpec => ({ selector: { matchLabels } });

test('ATT-1: what names targets never applies to a workload that is no gateway, even where its selector would match', () => {
  assert.ok(!applies({ targetRefs: [edge] }, workload));
  assert.ok(!applies({ targetRef: edge, ...selecting({ app: 'cart' }) }, workload));
  assert.ok(!applies({ targetRefs: [{ kind: 'Service', name: 'cart' }] }, workload));
});

test('ATT-2: without a selector, or with an empty one, all workloads are meant; else every label must be equal', () => {
  assert.ok(applies({}, workload));
  assert.ok(applies({ selector: {} }, workload));
  assert.ok(applies(selecting({}), workload));
  assert.ok(applies(selecting({ app: 'cart', tier: 'web' }), workload));
  assert.ok(!applies(selecting({ app: 'cart', tier: 'db' }), workload));
  assert.ok(!applies(selecting({ zone: 'a' }), workload));
});

test('ATT-3: a gateway of the Gateway API is selected by labels as well', () => {
  assert.ok(applies(selecting({ app: 'edge' }), router));
  assert.ok(!applies(selecting({ app: 'cart' }), router));
});

test('ATT-4: a waypoint takes no policy without targets, be the selector empty or the namespace the root', () => {
  const waypoint: PolicyWorkload = { ...router, type: 'waypoint' };
  assert.ok(!applies({}, waypoint));
  assert.ok(!applies(selecting({}), waypoint, { namespace: 'istio-system' }));
  assert.ok(applies({ targetRefs: [edge] }, waypoint));
});

test('ATT-5: any of several targets is enough, and targetRef counts where there are none', () => {
  const other = { ...edge, name: 'other' };
  assert.ok(applies({ targetRefs: [other, edge] }, router));
  assert.ok(applies({ targetRef: edge }, router));
  assert.ok(applies({ targetRef: edge, targetRefs: [] }, router));
  assert.ok(!applies({ targetRef: edge, targetRefs: [other] }, router));
});

test('ATT-6: targets decide alone where a selector stands beside them', () => {
  assert.ok(applies({ targetRef: edge, ...selecting({ app: 'nobody' }) }, router));
  assert.ok(!applies({ targetRef: { ...edge, name: 'other' }, ...selecting({ app: 'edge' }) }, router));
});

test('ATT-7: a Gateway is meant by its name in the namespace of the policy, which is that of the workload', () => {
  assert.ok(applies({ targetRef: { ...edge, namespace: 'shop' } }, router));
  assert.ok(!applies({ targetRef: { ...edge, namespace: 'else' } }, router));
  assert.ok(!applies({ targetRef: { ...edge, name: 'Edge' } }, router));
  assert.ok(!applies({ targetRef: edge }, router, { namespace: 'istio-system' }));
});

test('ATT-11: the empty group is core, and another group is another kind', () => {
  assert.deepEqual(
    [
      { kind: 'Service', name: 'a' },
      { group: 'core', kind: 'Service', name: 'a' },
    ].map((targetRef) => readAttachment({ targetRef })),
    Array.from({ length: 2 }, () => ({
      by: 'targets',
      targets: [{ group: 'core', kind: 'Service', name: 'a', namespace: '' }],
    })),
  );
  assert.ok(!applies({ targetRef: { ...edge, group: 'networking.istio.io' } }, router));
});

test('ATT-12, ATT-13: namespaces in the order asked, each once, and within one the oldest first, then by name', () => {
  const all = [
    policy('late', {}, { createdAt: '2026-02-01T00:00:00Z' }),
    policy('b', {}, { createdAt: '2026-01-01T00:00:00Z' }),
    policy('a', {}, { createdAt: '2026-01-01T00:00:00Z' }),
    policy('root', {}, { namespace: 'istio-system', createdAt: '2026-03-01T00:00:00Z' }),
    policy('elsewhere', {}, { namespace: 'else' }),
  ];
  const named = (...namespaces: readonly string[]): readonly string[] =>
    attachedPolicies(policiesByNamespace(all), namespaces, workload).map(({ name }) => name);
  assert.deepEqual(named('istio-system', 'shop'), ['root', 'a', 'b', 'late']);
  assert.deepEqual(named('shop', 'istio-system'), ['a', 'b', 'late', 'root']);
  assert.deepEqual(named('shop', 'shop'), ['a', 'b', 'late']);
});

test('the labels that decide about a policy are those of its selector, or the name of the gateway', () => {
  assert.deepEqual(attachmentLabels(policy('p', selecting({ app: 'a' }))), ['app']);
  assert.deepEqual(attachmentLabels(policy('p')), []);
  assert.deepEqual(attachmentLabels(policy('p', { targetRef: edge, ...selecting({ app: 'a' }) })), [NAME_LABEL]);
});

test('a target that takes a waypoint is told', () => {
  const source = resourceKey('Sidecar', 'shop', 'p');
  const told = (spec: PolicyTargetSpec): readonly string[] =>
    unenforcedTargets({ source, attachment: readAttachment(spec) }).map(({ code, message }) => `${code} ${message}`);
  assert.deepEqual(told({ targetRefs: [edge] }), []);
  assert.deepEqual(told({}), []);
  const [issue = ''] = told({ targetRefs: [edge, { kind: 'Service', name: 'cart' }] });
  assert.match(issue, /^POLICY_NOT_ENFORCED no proxy carries it out for Service cart/);
});
