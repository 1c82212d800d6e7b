import type { Issue, Noted } from '../base/issue.ts';
import { type Recall, recallNothing } from '../base/recall.ts';
import type { AuthorizationAction, AuthorizationPolicy } from '../model/authorization-policy.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { PoliciesByNamespace } from '../model/policy-attachment.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import { parseTruth } from '../resources/truth-words.ts';
import { DRY_RUN_ANNOTATION } from '../resources/well-known-names.ts';
import { readAuthorizationRule } from './authorization-rules.ts';
import { policiesByNamespace, readAttachment, unenforcedTargets } from './policy-attachment.ts';

export type AuthorizationPolicies = PoliciesByNamespace<AuthorizationPolicy>;

/** Reads every AuthorizationPolicy. What of a rule makes no sense is named in the issues, and lets nobody in. */
export function readAuthorizationPolicies(
  resources: readonly Resource[],
  mesh: MeshSettings,
  recall: Recall = recallNothing,
): Noted<AuthorizationPolicies> {
  const { trustDomain, trustDomainAliases } = mesh;
  const read = resources.flatMap((resource) =>
    resource.kind === 'AuthorizationPolicy'
      ? [
          recall.value(`policy ${keyOf(resource)}`, [resource, trustDomain, trustDomainAliases.join(' ')], () =>
            readPolicy(resource, [trustDomain, ...trustDomainAliases]),
          ),
        ]
      : [],
  );
  return { value: policiesByNamespace(read.map(({ value }) => value)), issues: read.flatMap(({ issues }) => issues) };
}

const ACTIONS: Readonly<Record<NonNullable<Resource<'AuthorizationPolicy'>['spec']['action']>, AuthorizationAction>> = {
  ALLOW: 'allow',
  DENY: 'deny',
  AUDIT: 'audit',
  CUSTOM: 'custom',
};

function readPolicy(
  resource: Resource<'AuthorizationPolicy'>,
  trustDomains: readonly string[],
): Noted<AuthorizationPolicy> {
  const { metadata, spec } = resource;
  const source = keyOf(resource);
  const issues: Issue[] = [];
  const rules = (spec.rules ?? []).map((rule, index) => {
    const read = readAuthorizationRule(rule, { namespace: metadata.namespace, trustDomains });
    issues.push(...read.problems.map((problem) => ({ ...problem, resource: source, path: `spec.rules[${index}]` })));
    return read.rule;
  });
  const attachment = readAttachment(spec);
  const action = ACTIONS[spec.action ?? 'ALLOW'];
  return {
    value: {
      source,
      name: metadata.name,
      namespace: metadata.namespace,
      createdAt: metadata.creationTimestamp ?? '',
      attachment,
      action,
      isDryRun: runsDry(action, metadata.annotations?.[DRY_RUN_ANNOTATION]),
      provider: spec.provider?.name ?? '',
      rules,
    },
    issues: [...unenforcedTargets({ source, attachment }), ...issues],
  };
}

/** AZ-11: what is neither true nor false is carried out, and so is every CUSTOM policy, which nothing can try out (XAZ-5). */
const runsDry = (action: AuthorizationAction, written: string | undefined): boolean =>
  (action === 'allow' || action === 'deny') && written !== undefined && (parseTruth(written) ?? false);
