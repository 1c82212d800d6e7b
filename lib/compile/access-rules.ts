import type { AccessPolicyIr, PermissionIr, PrincipalIr } from '../ir/access.ts';
import type { AuthorizationRule, OperationCondition, SourceCondition } from '../model/authorization-policy.ts';
import { unreachable } from '../base/unreachable.ts';
import {
  accountMatch,
  claimMatch,
  filterMetadataMatch,
  headerMatch,
  namespaceMatch,
  principalMatch,
  requestPrincipalMatch,
  textMatch,
  trustDomainMatch,
} from './access-matches.ts';

/** Where a rule is carried out, and by what action. */
export interface RulePlace {
  /** Whether requests are seen there, or connections alone. */
  readonly sees: 'requests' | 'connections';
  /** Whether who matches is let in; otherwise the rule may be wider than it was written, never narrower. */
  readonly isAllowing: boolean;
}

/** A condition that cannot be asked where the rule stands. */
const CANNOT_BE_ASKED = 'cannot-be-asked';
type Asked<Ir> = readonly Ir[] | typeof CANNOT_BE_ASKED;

/**
 * A rule under a name. `undefined` for a rule that lets in and cannot be asked in full: it lets nobody in there (AZ-31). A rule
 * of any other action goes without the conditions that cannot be asked (AZ-32).
 */
export function accessPolicy(name: string, rule: AuthorizationRule, place: RulePlace): AccessPolicyIr | undefined {
  const permissions = rule.operations.map((conditions) =>
    allOf<PermissionIr>(
      conditions.map((condition) => askedOperation(condition, place)),
      place,
    ),
  );
  const principals = rule.sources.map((conditions) =>
    allOf<PrincipalIr>(
      conditions.map((condition) => askedSource(condition, place)),
      place,
    ),
  );
  if (permissions.includes(undefined) || principals.includes(undefined)) return undefined;
  const isThere = <Ir>(match: Ir | undefined): match is Ir => match !== undefined;
  return { name, permissions: permissions.filter(isThere), principals: principals.filter(isThere) };
}

/** AZ-4 */
export const matchesNothing = (name: string): AccessPolicyIr => ({
  name,
  permissions: [{ type: 'not', of: { type: 'anything' } }],
  principals: [{ type: 'not', of: { type: 'anything' } }],
});

type Combined<Ir> = Ir | { readonly type: 'anything' } | { readonly type: 'all'; readonly of: readonly Ir[] };

/** AZ-5, AZ-14: no condition is any request. */
function allOf<Ir>(asked: readonly Asked<Ir>[], { isAllowing }: RulePlace): Combined<Ir> | undefined {
  if (isAllowing && asked.includes(CANNOT_BE_ASKED)) return undefined;
  const conditions = asked.flatMap((each) => (each === CANNOT_BE_ASKED ? [] : [...each]));
  const anything = { type: 'anything' } as const;
  return { type: 'all', of: conditions.length === 0 ? [anything as Ir] : conditions };
}

/** Members that conditions on lists of values share. */
interface Values<Value> {
  readonly values: readonly Value[];
  readonly notValues: readonly Value[];
}

type Either<Ir> = Ir | { readonly type: 'any'; readonly of: readonly Ir[] } | { readonly type: 'not'; readonly of: Ir };

/** AZ-12: one of the values, and none of the others. */
function oneOf<Value, Ir>({ values, notValues }: Values<Value>, match: (value: Value) => Ir): readonly Either<Ir>[] {
  const any = (of: readonly Value[]) => ({ type: 'any', of: of.map(match) }) as const;
  return [
    ...(values.length > 0 ? [any(values)] : []),
    ...(notValues.length > 0 ? [{ type: 'not', of: any(notValues) as Ir } as const] : []),
  ];
}

/** The same where one match takes all values. */
function together<Ir>(
  { values, notValues }: Values<string>,
  match: (values: readonly string[]) => Ir,
): readonly Either<Ir>[] {
  return [
    ...(values.length > 0 ? [match(values)] : []),
    ...(notValues.length > 0 ? [{ type: 'not', of: match(notValues) } as const] : []),
  ];
}

/** AZ-34: what only HTTP has. */
const HTTP_ONLY: ReadonlySet<(SourceCondition | OperationCondition)['on']> = new Set<
  (SourceCondition | OperationCondition)['on']
>([
  'host',
  'method',
  'path',
  'request-principal',
  'request-audience',
  'request-presenter',
  'request-claim',
  'request-header',
]);

function askedSource(condition: SourceCondition, { sees }: RulePlace): Asked<PrincipalIr> {
  if (sees === 'connections' && HTTP_ONLY.has(condition.on)) return CANNOT_BE_ASKED;
  switch (condition.on) {
    case 'unreadable':
      return CANNOT_BE_ASKED;
    case 'principal':
      return oneOf(condition, principalMatch);
    case 'trust-domain':
      return oneOf(condition, trustDomainMatch);
    case 'namespace':
      return oneOf(condition, namespaceMatch);
    case 'service-account':
      return oneOf(condition, accountMatch);
    case 'request-principal':
      return together<PrincipalIr>(condition, requestPrincipals);
    case 'request-audience':
      return together<PrincipalIr>(condition, (values) => claimMatch(['aud'], values));
    case 'request-presenter':
      return together<PrincipalIr>(condition, (values) => claimMatch(['azp'], values));
    case 'request-claim':
      return together<PrincipalIr>(condition, (values) => claimMatch(condition.path, values));
    case 'request-header':
      return oneOf<string, PrincipalIr>(condition, (value) => headerMatch(condition.name, value));
    case 'connection-address':
    case 'client-address':
      return oneOf(condition, (range): PrincipalIr => ({ type: condition.on, range }));
    default:
      return unreachable(condition);
  }
}

function requestPrincipals(values: readonly string[]): PrincipalIr {
  const [first, ...others] = values.map(requestPrincipalMatch);
  return first !== undefined && others.length === 0 ? first : { type: 'any', of: values.map(requestPrincipalMatch) };
}

function askedOperation(condition: OperationCondition, { sees }: RulePlace): Asked<PermissionIr> {
  if (sees === 'connections' && HTTP_ONLY.has(condition.on)) return CANNOT_BE_ASKED;
  switch (condition.on) {
    case 'unreadable':
      return CANNOT_BE_ASKED;
    case 'host':
      return oneOf<string, PermissionIr>(condition, (value) => headerMatch(':authority', value, true));
    case 'method':
      return oneOf<string, PermissionIr>(condition, (value) => headerMatch(':method', value));
    case 'path':
      return oneOf(condition, pathMatch);
    case 'server-name':
      return oneOf(condition, (value): PermissionIr => ({ type: 'server-name', match: textMatch(value) }));
    case 'filter-metadata':
      return together<PermissionIr>(condition, (values) =>
        filterMetadataMatch(condition.filter, condition.key, values),
      );
    case 'destination-address':
      return oneOf(condition, (range): PermissionIr => ({ type: 'destination-address', range }));
    case 'destination-port':
      return oneOf(condition, (port): PermissionIr => ({ type: 'destination-port', port }));
    default:
      return unreachable(condition);
  }
}

/** AZ-26 */
function pathMatch(value: string): PermissionIr {
  if (!value.includes('{*}') && !value.includes('{**}')) return { type: 'path', match: textMatch(value) };
  return { type: 'path-template', template: value.replaceAll('{*}', '*').replaceAll('{**}', '**') };
}
