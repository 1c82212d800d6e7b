import type { PolledNode } from '../../delivery/polled-node.ts';
import type { IdentityBinding } from '../../model/identity-binding.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { Caller, WorkloadIdentity } from '../identity/caller.ts';
import { workloadsOf } from '../identity/match-caller.ts';

/** What a node says of itself that the proven identity does not bear out; for the log alone. */
export interface Disagreement {
  readonly claim: 'node.id' | 'metadata NAMESPACE' | 'metadata SERVICE_ACCOUNT' | 'no workload';
  readonly said: string;
  readonly proven: readonly WorkloadIdentity[];
}

/**
 * Whether a caller may poll as this node (IDN-1, SDS-14): one of the workloads that it runs as has the namespace in which the id and the
 * metadata place the node, and the service account of the metadata, if they say one. `undefined` when all agrees.
 */
export function disagreement(
  caller: Caller,
  bindings: readonly IdentityBinding[],
  { node, facts }: { readonly node: PolledNode; readonly facts: ProxyFacts },
): Disagreement | undefined {
  const workloads = workloadsOf(caller, bindings);
  const proven = workloads.map(({ namespace, serviceAccount }) => ({ namespace, serviceAccount }));
  if (workloads.length === 0) return { claim: 'no workload', said: caller.principal, proven };
  const ofId = namespaceInId(node.id);
  const inId = workloads.filter(({ namespace }) => namespace === ofId);
  if (inId.length === 0) return { claim: 'node.id', said: node.id, proven };
  const { namespace, workloadNamespace, serviceAccount } = facts;
  const inBoth = inId.filter((workload) => workload.namespace === namespace && namespace === workloadNamespace);
  if (inBoth.length === 0) return { claim: 'metadata NAMESPACE', said: `${namespace} ${workloadNamespace}`, proven };
  const isSame = serviceAccount === '' || inBoth.some((workload) => workload.serviceAccount === serviceAccount);
  return isSame ? undefined : { claim: 'metadata SERVICE_ACCOUNT', said: serviceAccount, proven };
}

/** PX-1: the third of the four parts is `name.namespace`; names may have dots, namespaces have none. */
function namespaceInId(id: string): string {
  const name = id.split('~')[2] ?? '';
  return name.slice(name.lastIndexOf('.') + 1);
}
