import type { Aged } from '../base/age.ts';
import type { Labels } from '../base/labels.ts';

/** The label by which a router says whose Gateway of the Gateway API it serves. */
export const GATEWAY_NAME_LABEL = 'gateway.networking.k8s.io/gateway-name';

/** Whom a policy is for. One that names targets is decided by these alone, whatever selector stands beside them (ATT-6). */
export type PolicyAttachment =
  | { readonly by: 'selector'; readonly labels: Labels }
  | { readonly by: 'targets'; readonly targets: readonly PolicyTarget[] };

/** An object that a policy names, in the policy's own namespace. */
export interface PolicyTarget {
  /** `core` for Kubernetes' own (ATT-11). */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** As written; a policy that names one of another namespace applies nowhere. */
  readonly namespace: string;
}

/** A policy of any kind that says whom it is for. */
export interface AttachedPolicy extends Aged {
  readonly attachment: PolicyAttachment;
}

/** Policies by their namespace, each list oldest first (ATT-12). */
export type PoliciesByNamespace<Policy extends AttachedPolicy> = ReadonlyMap<string, readonly Policy[]>;

/** The labels of a workload that decide whether a policy applies to it (VIEW-1). */
export const attachmentLabels = ({ attachment }: AttachedPolicy): readonly string[] =>
  attachment.by === 'selector' ? Object.keys(attachment.labels) : [GATEWAY_NAME_LABEL];
