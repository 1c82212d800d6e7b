import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingLog } from '../../../lib/resources/finding.ts';
import { checkPolicyTarget } from '../../../lib/resources/policy-target-checks.ts';
import type { PolicyTargetSpec } from '../../../lib/resources/policy-target-spec.ts';

/** What is found, as `severity path`. */
function found(spec: PolicyTargetSpec): readonly string[] {
  const log = findingLog();
  checkPolicyTarget(log.at('spec'), spec);
  return log.found.map(({ severity, path }) => `${severity} ${path}`);
}

const edge = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' };
const selector = { matchLabels: { app: 'a' } };

test('VAL-2: at most one of selector, targetRef and targetRefs; an empty list asks for nothing', () => {
  assert.deepEqual(found({ selector, targetRefs: [edge] }), ['error spec']);
  assert.deepEqual(found({ selector, targetRef: edge }), ['error spec']);
  assert.deepEqual(found({ targetRef: edge, targetRefs: [edge] }), ['error spec']);
  assert.deepEqual(found({ selector, targetRefs: [] }), []);
  assert.deepEqual(found({}), []);
});

test('VAL-3: no empty key, no wildcard, values as long as labels can be; labels that are not there are a warning', () => {
  const place = 'spec.selector.matchLabels';
  const labels = (matchLabels: Readonly<Record<string, string>>): readonly string[] =>
    found({ selector: { matchLabels } });
  assert.deepEqual(labels({ '': 'x' }), [`error ${place}`]);
  assert.deepEqual(labels({ app: 'a*' }), [`error ${place}.app`]);
  assert.deepEqual(labels({ 'a*': 'a' }), [`error ${place}["a*"]`]);
  assert.deepEqual(labels({ app: 'x'.repeat(63) }), []);
  assert.deepEqual(labels({ app: 'x'.repeat(64) }), [`error ${place}.app`]);
  assert.deepEqual(labels({}), ['warning spec.selector']);
  assert.deepEqual(found({ selector: {} }), ['warning spec.selector']);
  const many = Object.fromEntries(Array.from({ length: 4097 }, (_, index) => [`k${index}`, 'v']));
  assert.deepEqual(labels(many), [`error ${place}`]);
});

test('VAL-4: a target has a name, no namespace and one of four kinds; at most 16 of them', () => {
  const of = (ref: object): readonly string[] => found({ targetRefs: [{ ...edge, ...ref }] });
  assert.deepEqual(of({}), []);
  assert.deepEqual(of({ kind: 'GatewayClass' }), []);
  assert.deepEqual(of({ group: '', kind: 'Service' }), []);
  assert.deepEqual(of({ group: 'core', kind: 'Service' }), []);
  assert.deepEqual(of({ group: 'networking.istio.io', kind: 'ServiceEntry' }), []);
  assert.deepEqual(of({ name: '' }), ['error spec.targetRefs[0].name']);
  assert.deepEqual(of({ namespace: 'shop' }), ['error spec.targetRefs[0].namespace']);
  assert.deepEqual(of({ namespace: '' }), []);
  assert.deepEqual(of({ kind: 'Service' }), ['error spec.targetRefs[0].kind']);
  assert.deepEqual(of({ group: 'networking.istio.io' }), ['error spec.targetRefs[0].kind']);
  assert.deepEqual(of({ name: 'x'.repeat(254) }), ['error spec.targetRefs[0]']);
  assert.deepEqual(found({ targetRefs: Array.from({ length: 16 }, () => edge) }), []);
  assert.deepEqual(found({ targetRefs: Array.from({ length: 17 }, () => edge) }), ['error spec.targetRefs']);
});
