import type { IdentityBinding } from '../model/identity-binding.ts';
import type { Resource } from '../resources/resource.ts';

/** Who runs as which workload, from the documents of kind WorkloadIdentityBinding. */
export function readIdentityBindings(documents: readonly Resource[]): readonly IdentityBinding[] {
  return documents.flatMap(({ kind, metadata, spec }) =>
    kind === 'WorkloadIdentityBinding'
      ? [{ namespace: metadata.namespace, serviceAccount: spec.serviceAccount, match: spec.match }]
      : [],
  );
}
