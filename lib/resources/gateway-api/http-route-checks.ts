import { parseDuration } from '../../base/duration.ts';
import { quoted } from '../../base/quoted.ts';
import type { FindingLog } from '../finding.ts';
import type { Subject } from '../kind-definition.ts';
import { checkRegex } from '../string-match-checks.ts';
import { checkFilters } from './filter-checks.ts';
import type { HttpRouteFilter, HttpRouteMatch, HttpRouteRule, HttpRouteSpec, PathMatch } from './http-route-spec.ts';
import { checkBackend, checkParentRefs } from './reference-checks.ts';

/** As many conditions may all rules of a route have together. */
const MOST_MATCHES = 128;

/** GA-15, GA-18, GA-20: what the rules in the definition of HTTPRoute say. */
export function checkHttpRouteDocument({ spec }: Subject<HttpRouteSpec>, log: FindingLog): void {
  checkParentRefs(log.at('spec.parentRefs'), spec.parentRefs);
  const rules = spec.rules ?? [];
  checkMatchCount(log.at('spec.rules'), rules);
  for (const [index, rule] of rules.entries()) checkRule(log.at(`spec.rules[${index}]`), rule);
}

export function checkMatchCount(log: FindingLog, rules: readonly { readonly matches?: readonly unknown[] }[]): void {
  const count = rules.reduce((sum, { matches = [] }) => sum + matches.length, 0);
  if (count <= MOST_MATCHES) return;
  log.error(
    'INVALID_VALUE',
    `the rules have ${count} matches together, at most ${MOST_MATCHES} may be; split the route`,
  );
}

function checkRule(log: FindingLog, rule: HttpRouteRule): void {
  const { matches = [], filters = [], backendRefs = [], timeouts } = rule;
  for (const [index, match] of matches.entries()) checkMatch(log.at(`matches[${index}]`), match);
  checkFilters(log.at('filters'), filters);
  if (backendRefs.length > 0 && filters.some(({ requestRedirect }) => requestRedirect !== undefined)) {
    log.at('backendRefs').error('CONFLICT', 'RequestRedirect filter must not be used together with backendRefs');
  }
  checkPrefixReplacement(log.at('filters'), filters, matches);
  for (const [index, backend] of backendRefs.entries()) {
    const here = log.at(`backendRefs[${index}]`);
    checkBackend(here, backend);
    checkFilters(here.at('filters'), backend.filters);
    checkPrefixReplacement(here.at('filters'), backend.filters ?? [], matches);
  }
  if (timeouts !== undefined) checkTimeouts(log.at('timeouts'), timeouts);
}

/** A prefix can take another one's place only where the rule says which one it is. */
function checkPrefixReplacement(
  log: FindingLog,
  filters: readonly HttpRouteFilter[],
  matches: readonly HttpRouteMatch[],
): void {
  for (const [index, { requestRedirect, urlRewrite }] of filters.entries()) {
    const replaces = [requestRedirect, urlRewrite].some((filter) => filter?.path?.replacePrefixMatch !== undefined);
    if (!replaces) continue;
    const [only, ...others] = matches;
    // Without matches, or without a path, a rule stands for the prefix /, as the definition fills it in.
    if (others.length === 0 && (only?.path?.type ?? 'PathPrefix') === 'PathPrefix') continue;
    const message = 'replacePrefixMatch needs a rule with exactly one match, which is a PathPrefix; split the rule';
    log.at(`[${index}]`).error('CONFLICT', message);
  }
}

function checkTimeouts(log: FindingLog, { request, backendRequest }: NonNullable<HttpRouteRule['timeouts']>): void {
  const whole = parseDuration(request ?? '') ?? 0;
  if (whole === 0 || (parseDuration(backendRequest ?? '') ?? 0) <= whole) return;
  log.at('backendRequest').error('INVALID_VALUE', 'backendRequest timeout cannot be longer than request timeout');
}

function checkMatch(log: FindingLog, { path, headers = [], queryParams = [] }: HttpRouteMatch): void {
  if (path !== undefined) checkPath(log.at('path'), path);
  checkNamedMatches(log.at('headers'), headers);
  checkNamedMatches(log.at('queryParams'), queryParams);
}

/** Members of a wrong type have been left out by now. */
interface NamedCondition {
  readonly type?: 'Exact' | 'RegularExpression';
  readonly name?: string;
  readonly value?: string;
}

/** GA-15: conditions on headers or parameters; a name stands once. */
export function checkNamedMatches(log: FindingLog, conditions: readonly NamedCondition[]): void {
  const seen = new Set<string>();
  for (const [index, { type, name = '', value = '' }] of conditions.entries()) {
    const here = log.at(`[${index}]`);
    if (seen.has(name)) here.at('name').error('DUPLICATE', `${quoted(name)} stands twice; keep one of them`);
    if (name !== '') seen.add(name);
    if (type === 'RegularExpression') checkRegex(here.at('value'), value);
  }
}

const LEGAL_PATH = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/;
const FORBIDDEN_PARTS = ['//', '/./', '/../', '%2f', '%2F', '#'] as const;
const FORBIDDEN_ENDS = ['/..', '/.'] as const;

function checkPath(log: FindingLog, { type = 'PathPrefix', value = '/' }: PathMatch): void {
  const here = log.at('value');
  if (type === 'RegularExpression') return checkRegex(here, value);
  const refuse = (message: string): void => here.error('INVALID_VALUE', message);
  if (!value.startsWith('/')) refuse("value must be an absolute path and start with '/'");
  for (const part of FORBIDDEN_PARTS) if (value.includes(part)) refuse(`must not contain '${part}'`);
  for (const end of FORBIDDEN_ENDS) if (value.endsWith(end)) refuse(`must not end with '${end}'`);
  if (!LEGAL_PATH.test(value)) refuse('must only contain characters that a path may have; write others as %XX');
}
