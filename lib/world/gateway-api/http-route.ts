import { parseDuration } from '../../base/duration.ts';
import type {
  HttpBackendRef,
  HttpRouteFilter,
  HttpRouteMatch,
  HttpRouteRule,
  HttpRouteSpec,
  PathMatch,
} from '../../resources/gateway-api/http-route-spec.ts';
import type { RouteHeaderMatch } from '../../resources/gateway-api/route-shapes.ts';
import type {
  HttpMatchRequest,
  HttpRetry,
  HttpRoute,
  HttpRouteDestination,
  StringMatch,
} from '../../resources/virtual-service-spec.ts';
import { joinProblems, type RouteOrigin, type RouteProblem } from './backends.ts';
import {
  type Converted,
  type ConvertedPart,
  type ConvertedRule,
  drawBackends,
  drawsAny,
  joinParts,
} from './converted-rule.ts';
import { applyFilters, filteredDestination } from './http-filters.ts';

/** The rule that stands for none: it takes every request and leads nowhere. */
const NO_RULES: readonly HttpRouteRule[] = [{}];

/** GA-14: one route of a VirtualService for each match of each rule. */
export function convertHttpRoute({ rules = NO_RULES }: HttpRouteSpec, origin: RouteOrigin): Converted<ConvertedRule> {
  return joinParts(rules.map((rule, index) => convertRule(rule, index, origin)));
}

function convertRule(rule: HttpRouteRule, index: number, origin: RouteOrigin): ConvertedPart<ConvertedRule> {
  const { name, matches = [], filters = [], backendRefs = [], retry, timeouts } = rule;
  const action = convertAction(filters, backendRefs, origin);
  if (action.settings === undefined) return { rules: undefined, problem: action.problem };
  const settings: HttpRoute = {
    name: name ?? ruleNameOf(origin, index),
    ...action.settings,
    ...retriesAndTimeout(retry, timeouts),
  };
  const conditions = matches.length === 0 ? [undefined] : matches;
  const rules = conditions.map((match) => ({
    path: `spec.rules[${index}]`,
    route: match === undefined ? settings : { ...settings, match: [convertMatch(match)] },
  }));
  return { rules, problem: action.problem };
}

export const ruleNameOf = ({ namespace, name }: RouteOrigin, index: number): string => `${namespace}.${name}.${index}`;

interface Action {
  /** `undefined` where the problem leaves nothing of the route. */
  readonly settings: HttpRoute | undefined;
  readonly problem: RouteProblem | undefined;
}

/** GA-17, GA-18: what filters and backends make of a rule, be it one of an HTTPRoute or of a GRPCRoute. */
export function convertAction(
  filters: readonly HttpRouteFilter[],
  backendRefs: readonly HttpBackendRef[],
  origin: RouteOrigin,
): Action {
  const filtered = applyFilters(filters, origin);
  if (filtered.changes === undefined) return { settings: undefined, problem: filtered.problem };
  const { changes } = filtered;
  if (changes.redirect !== undefined) return { settings: changes, problem: filtered.problem };
  if (!drawsAny(backendRefs)) {
    return { settings: { ...changes, directResponse: { status: 500 } }, problem: filtered.problem };
  }
  const drawn = drawBackends(backendRefs, origin);
  if (drawn.type === 'fatal') return { settings: undefined, problem: drawn.problem };
  const destinations = drawn.backends.map(filteredDestination);
  const bad = destinations.find((each) => 'reason' in each);
  if (bad !== undefined) return { settings: undefined, problem: bad };
  const route = destinations.filter((each): each is HttpRouteDestination => !('reason' in each));
  return { settings: { ...changes, route }, problem: joinProblems(drawn.problem, filtered.problem) };
}

/** Failures of the connection, and answers of gRPC that say as much; statuses come from the route. */
const RETRIED = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled'] as const;
const DEFAULT_ATTEMPTS = 2;

/** GA-20: without retries there is one try, which the backend's timeout bounds. */
function retriesAndTimeout(
  retry: HttpRouteRule['retry'],
  timeouts: HttpRouteRule['timeouts'],
): Pick<HttpRoute, 'retries' | 'timeout'> {
  const request = positive(timeouts?.request);
  const backendRequest = positive(timeouts?.backendRequest);
  if (retry === undefined) {
    const timeout = backendRequest ?? request;
    return timeout === undefined ? {} : { timeout };
  }
  const { attempts = DEFAULT_ATTEMPTS, codes = [], backoff } = retry;
  const retries: HttpRetry = {
    attempts,
    ...(attempts > 0 && { retryOn: [...RETRIED, ...codes].join(',') }),
    ...(backoff !== undefined && { backoff }),
    ...(backendRequest !== undefined && { perTryTimeout: backendRequest }),
  };
  return { retries, ...(request !== undefined && { timeout: request }) };
}

/** Zero means no limit. */
const positive = (duration: string | undefined): string | undefined =>
  duration === undefined || (parseDuration(duration) ?? 0) === 0 ? undefined : duration;

function convertMatch({ path = {}, headers, queryParams, method }: HttpRouteMatch): HttpMatchRequest {
  const headerMatches = headers && headerConditions(headers);
  return {
    uri: pathCondition(path),
    ...(headerMatches && { headers: headerMatches }),
    ...(queryParams && queryParams.length > 0 && { queryParams: firstOfEach(queryParams, ({ name }) => name) }),
    ...(method !== undefined && { method: { exact: method } }),
  };
}

/** GA-15: what is said of a path. A slash at the end of a prefix says nothing more. */
function pathCondition({ type = 'PathPrefix', value = '/' }: PathMatch): StringMatch {
  switch (type) {
    case 'Exact':
      return { exact: value };
    case 'RegularExpression':
      return { regex: value };
    case 'PathPrefix':
      return { prefix: value !== '/' && value.endsWith('/') ? value.slice(0, -1) : value };
  }
}

/** GA-15: names of headers are equal whatever their capitals; `undefined` where nothing is asked. */
export const headerConditions = (
  headers: readonly RouteHeaderMatch[],
): Readonly<Record<string, StringMatch>> | undefined =>
  headers.length === 0 ? undefined : firstOfEach(headers, ({ name }) => name.toLowerCase());

interface NamedCondition {
  readonly type?: 'Exact' | 'RegularExpression';
  readonly name: string;
  readonly value: string;
}

/** GA-15: of several conditions on one name the first counts. */
function firstOfEach<Condition extends NamedCondition>(
  conditions: readonly Condition[],
  keyOf: (condition: Condition) => string,
): Readonly<Record<string, StringMatch>> {
  const first = new Map<string, readonly [string, StringMatch]>();
  for (const condition of conditions) {
    const { type, name, value } = condition;
    const key = keyOf(condition);
    if (!first.has(key)) first.set(key, [name, type === 'RegularExpression' ? { regex: value } : { exact: value }]);
  }
  return Object.fromEntries(first.values());
}
