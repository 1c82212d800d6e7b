import type { KindDefinition } from '../kind-definition.ts';
import { checkBackendTlsPolicy } from './backend-tls-policy-checks.ts';
import { backendTlsPolicySpec } from './backend-tls-policy-spec.ts';

/** BackendTLSPolicy: TLS from gateways to services. */
export const backendTlsPolicy = {
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1alpha3'],
  plural: 'backendtlspolicies',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: backendTlsPolicySpec,
  validate: checkBackendTlsPolicy,
} satisfies KindDefinition<typeof backendTlsPolicySpec>;
