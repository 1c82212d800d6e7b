import type { Noted } from '../base/issue.ts';
import type { Recall } from '../base/recall.ts';
import type { IdentityBinding } from '../model/identity-binding.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { PeerPolicies } from '../model/mutual-tls.ts';
import type { AttachedPolicy, PoliciesByNamespace } from '../model/policy-attachment.ts';
import type { Kind } from '../resources/kinds.ts';
import type { Resource } from '../resources/resource.ts';
import { type AuthorizationPolicies, readAuthorizationPolicies } from './authorization-policies.ts';
import { readIdentityBindings } from './identity-bindings.ts';
import { readPeerPolicies } from './peer-policies.ts';
import { readRequestAuthentications, type RequestAuthentications } from './request-authentications.ts';

/** Who may ask the workloads of the mesh for what, and how they know who it is. */
export interface SecurityPolicies {
  /** Which connections servers take. */
  readonly peerPolicies: PeerPolicies;
  /** Which tokens of requests they believe. */
  readonly requestAuthentications: RequestAuthentications;
  /** Which requests they take. */
  readonly authorizationPolicies: AuthorizationPolicies;
  /** Who runs as which workload; decides whether a poll is answered, and nothing of what. */
  readonly identityBindings: readonly IdentityBinding[];
}

export function readSecurityPolicies(
  documentsOf: (kind: Kind) => readonly Resource[],
  mesh: MeshSettings,
  recall: Recall,
): Noted<SecurityPolicies> {
  const [peers, tokens, keySets] = [
    documentsOf('PeerAuthentication'),
    documentsOf('RequestAuthentication'),
    documentsOf('KeySet'),
  ];
  const rules = documentsOf('AuthorizationPolicy');
  const bindings = documentsOf('WorkloadIdentityBinding');
  const peerPolicies = recall.stage('PeerAuthentication', [peers, mesh], (inner) =>
    readPeerPolicies(peers, mesh, inner),
  );
  const requestAuthentications = recall.stage('RequestAuthentication', [tokens, keySets], (inner) =>
    readRequestAuthentications(tokens, keySets, inner),
  );
  const authorizationPolicies = recall.stage('AuthorizationPolicy', [rules, mesh], (inner) =>
    readAuthorizationPolicies(rules, mesh, inner),
  );
  return {
    value: {
      peerPolicies: peerPolicies.value,
      requestAuthentications: requestAuthentications.value,
      authorizationPolicies: authorizationPolicies.value,
      identityBindings: recall.value('identity bindings', [bindings], () => readIdentityBindings(bindings)),
    },
    issues: [...peerPolicies.issues, ...requestAuthentications.issues, ...authorizationPolicies.issues],
  };
}

/** Those whose choice of workloads can tell two proxies apart, kind by kind. */
export const attachedPolicyLists = (policies: SecurityPolicies): readonly PoliciesByNamespace<AttachedPolicy>[] => [
  policies.requestAuthentications,
  policies.authorizationPolicies,
];
