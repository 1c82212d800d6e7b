import type { GrpcRouteMatch, GrpcRouteRule, GrpcRouteSpec } from '../../resources/gateway-api/grpc-route-spec.ts';
import type { HttpMatchRequest, HttpRoute, StringMatch } from '../../resources/virtual-service-spec.ts';
import type { RouteOrigin } from './backends.ts';
import { type Converted, type ConvertedPart, type ConvertedRule, joinParts } from './converted-rule.ts';
import { convertAction, headerConditions, ruleNameOf } from './http-route.ts';

/** GA-21: gRPC calls are requests for `/service/method`; one route of a VirtualService for each match of each rule. */
export function convertGrpcRoute({ rules = [] }: GrpcRouteSpec, origin: RouteOrigin): Converted<ConvertedRule> {
  return joinParts(rules.map((rule, index) => convertRule(rule, index, origin)));
}

function convertRule(
  { name, matches = [], filters = [], backendRefs = [] }: GrpcRouteRule,
  index: number,
  origin: RouteOrigin,
): ConvertedPart<ConvertedRule> {
  const action = convertAction(filters, backendRefs, origin);
  if (action.settings === undefined) return { rules: undefined, problem: action.problem };
  const settings: HttpRoute = { name: name ?? ruleNameOf(origin, index), ...action.settings };
  const conditions = matches.length === 0 ? [undefined] : matches;
  const rules = conditions.map((match) => ({
    path: `spec.rules[${index}]`,
    route: match === undefined ? settings : { ...settings, match: [convertMatch(match)] },
  }));
  return { rules, problem: action.problem };
}

function convertMatch({ method, headers }: GrpcRouteMatch): HttpMatchRequest {
  const uri = method && methodCondition(method);
  const headerMatches = headers && headerConditions(headers);
  return { ...(uri && { uri }), ...(headerMatches && { headers: headerMatches }) };
}

const ANY_SERVICE = '[^/]+';

/** Neither service nor method asks for nothing. */
function methodCondition({
  type = 'Exact',
  service,
  method,
}: NonNullable<GrpcRouteMatch['method']>): StringMatch | undefined {
  if (service === undefined && method === undefined) return undefined;
  if (service === undefined) return { regex: `/${ANY_SERVICE}/${alone(method ?? '')}` };
  if (type === 'RegularExpression') return { regex: `/${alone(service)}/${alone(method ?? '.+')}` };
  return method === undefined ? { prefix: `/${service}/` } : { exact: `/${service}/${method}` };
}

/** An expression of alternatives as one part of another. */
const alone = (expression: string): string => (expression.includes('|') ? `(?:${expression})` : expression);
