import type { Issue, Noted } from '../base/issue.ts';
import { isUsableKey, publicKeySet, readKeySet } from '../base/key-set.ts';
import { type Recall, recallNothing } from '../base/recall.ts';
import type { PoliciesByNamespace } from '../model/policy-attachment.ts';
import type { JwtRule, RequestAuthentication } from '../model/request-authentication.ts';
import { type KeySetAddress, keySetName } from '../resources/key-set-name.ts';
import type { JwtRuleSpec } from '../resources/request-authentication-spec.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import { policiesByNamespace, readAttachment, unenforcedTargets } from './policy-attachment.ts';

type KeySets = ReadonlyMap<string, Resource<'KeySet'>>;

export type RequestAuthentications = PoliciesByNamespace<RequestAuthentication>;

/** Documents of kinds RequestAuthentication and KeySet: the rules, with the keys that were fetched for them. */
export function readRequestAuthentications(
  documents: readonly Resource[],
  fetched: readonly Resource[],
  recall: Recall = recallNothing,
): Noted<RequestAuthentications> {
  const keySets: KeySets = new Map(
    fetched.flatMap((each) => (each.kind === 'KeySet' ? [[each.metadata.name, each]] : [])),
  );
  const read = documents.flatMap((resource) => {
    if (resource.kind !== 'RequestAuthentication') return [];
    const sets = (resource.spec.jwtRules ?? []).map((rule) => keySets.get(keySetName(keySetAddress(rule))));
    return [recall.value(keyOf(resource), [resource, ...sets], () => readOne(resource, sets))];
  });
  return {
    value: policiesByNamespace(read.map(({ value }) => value)),
    issues: read.flatMap(({ issues }) => issues),
  };
}

/** JWKS-1 */
const keySetAddress = ({ issuer = '', jwksUri = '' }: JwtRuleSpec): KeySetAddress => ({ issuer, jwksUri });

/** RA-13: whether the keys of a rule stand in it; what it says of a place to fetch them from is of no account then. */
const hasOwnKeys = ({ jwks = '' }: JwtRuleSpec): boolean => jwks !== '';

function readOne(
  resource: Resource<'RequestAuthentication'>,
  sets: readonly (Resource<'KeySet'> | undefined)[],
): Noted<RequestAuthentication> {
  const { metadata, spec } = resource;
  const source = keyOf(resource);
  const attachment = readAttachment(spec);
  const issues: Issue[] = [...unenforcedTargets({ source, attachment })];
  const rules = (spec.jwtRules ?? []).map((rule, index) => {
    const { value: keys, problem } = keysOf(rule, sets[index]);
    if (problem !== undefined) {
      const message = `${problem}, so that all tokens of this rule are refused`;
      issues.push({
        severity: 'warning',
        code: 'KEYS_MISSING',
        resource: source,
        path: `spec.jwtRules[${index}]`,
        message,
      });
    }
    return readRule(rule, keys);
  });
  const { name, namespace, creationTimestamp = '' } = metadata;
  return { value: { name, namespace, createdAt: creationTimestamp, attachment, rules }, issues };
}

interface FoundKeys {
  readonly value: string | undefined;
  readonly problem?: string;
}

/** JWKS-7: a set without any key that Envoy can use would have it refuse the whole listener. */
function keysOf(rule: JwtRuleSpec, fetched: Resource<'KeySet'> | undefined): FoundKeys {
  const text = hasOwnKeys(rule) ? (rule.jwks ?? '') : fetched?.spec.jwks;
  const { issuer, jwksUri } = keySetAddress(rule);
  if (text === undefined) {
    const where = jwksUri === '' ? `issuer ${issuer}` : jwksUri;
    return { value: undefined, problem: `there are no keys of ${where} yet; the condition KeysFetched says why` };
  }
  const { keys } = readKeySet(text);
  if (keys.some(isUsableKey)) return { value: publicKeySet(text, keys) };
  const which = hasOwnKeys(rule) ? 'jwks' : `the KeySet ${fetched?.metadata.name ?? ''}`;
  return { value: undefined, problem: `${which} has no key that a proxy can check a signature with` };
}

/** RA-5 */
const ALWAYS_LISTS = ['permission', 'scope'];

function readRule(rule: JwtRuleSpec, keys: string | undefined): JwtRule {
  const { fromHeaders = [], outputClaimToHeaders = [], spaceDelimitedClaims = [] } = rule;
  return {
    issuer: rule.issuer ?? '',
    audiences: rule.audiences ?? [],
    keys,
    places: {
      headers: fromHeaders.map(({ name = '', prefix = '' }) => ({ name, prefix })),
      params: rule.fromParams ?? [],
      cookies: rule.fromCookies ?? [],
    },
    forwardsToken: rule.forwardOriginalToken ?? false,
    payloadHeader: rule.outputPayloadToHeader ?? '',
    claimHeaders: outputClaimToHeaders.map(({ header = '', claim = '' }) => ({ header, claim })),
    spaceDelimitedClaims: [...new Set([...ALWAYS_LISTS, ...spaceDelimitedClaims])].sort(),
    isRequired: rule.presence === 'REQUIRED',
  };
}
