import type { CallerMatch, IdentityBinding } from '../../model/identity-binding.ts';
import type { Caller, WorkloadIdentity } from './caller.ts';

/** Whether a caller is one of those that are meant. An empty match means nobody. */
export function isMeant(matches: readonly CallerMatch[], caller: Caller): boolean {
  return matches.some((match) => matchesOne(match, caller));
}

function matchesOne({ principal, issuer, claims = {} }: CallerMatch, caller: Caller): boolean {
  const wanted = Object.entries(claims);
  if (principal === undefined && wanted.length === 0) return false;
  // A principal is only as good as who vouches for it: the subject of a token is never taken for an ARN, nor for another issuer's.
  const isVouchedFor = issuer === undefined ? caller.method !== 'bearer' : caller.issuer === issuer;
  if (!isVouchedFor) return false;
  if (principal !== undefined && roleOf(principal) !== caller.principal) return false;
  return wanted.every(([name, value]) => hasClaim(caller.claims, name, value));
}

function hasClaim(claims: Caller['claims'], name: string, value: string): boolean {
  const said = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (Array.isArray(said)) return said.includes(value);
  return said === value || (typeof said === 'boolean' && String(said) === value);
}

/**
 * The role or user behind an ARN: a session of a role is the role, whose path STS does not tell. Role names are unique in an account,
 * whatever their path. Other texts are what they are.
 * Source: IAM User Guide, "IAM identifiers" and "AWS STS assumed-role session principals".
 */
export function roleOf(arn: string): string {
  const [, partition, account, name] = SESSION.exec(arn) ?? ROLE.exec(arn) ?? [];
  return name === undefined ? arn : `arn:${partition}:iam::${account}:role/${name}`;
}

const SESSION = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/;
const ROLE = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[^/]+\/)*([^/]+)$/;

/** Everything that a caller may run as: what its proof says, and what bindings say of it. */
export function workloadsOf(caller: Caller, bindings: readonly IdentityBinding[]): readonly WorkloadIdentity[] {
  const bound = bindings.filter(({ match }) => isMeant(match, caller));
  return [...(caller.workload ? [caller.workload] : []), ...bound];
}
