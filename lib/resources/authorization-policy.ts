import { checkAuthorizationPolicy } from './authorization-policy-checks.ts';
import { authorizationPolicySpec } from './authorization-policy-spec.ts';
import type { KindDefinition } from './kind-definition.ts';

/** AuthorizationPolicy: which requests workloads take. */
export const authorizationPolicy = {
  group: 'security.istio.io',
  versions: ['v1', 'v1beta1'],
  plural: 'authorizationpolicies',
  isNamespaced: true,
  body: 'spec',
  reach: 'workload',
  schema: authorizationPolicySpec,
  validate: checkAuthorizationPolicy,
} satisfies KindDefinition<typeof authorizationPolicySpec>;
