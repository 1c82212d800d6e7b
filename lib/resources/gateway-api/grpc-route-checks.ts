import type { FindingLog } from '../finding.ts';
import type { Subject } from '../kind-definition.ts';
import { checkRegex } from '../string-match-checks.ts';
import { checkFilters } from './filter-checks.ts';
import type { GrpcRouteMatch, GrpcRouteSpec } from './grpc-route-spec.ts';
import { checkMatchCount, checkNamedMatches } from './http-route-checks.ts';
import { checkBackend, checkParentRefs } from './reference-checks.ts';

/** GA-21: what the rules in the definition of GRPCRoute say. */
export function checkGrpcRoute({ spec }: Subject<GrpcRouteSpec>, log: FindingLog): void {
  checkParentRefs(log.at('spec.parentRefs'), spec.parentRefs);
  const rules = spec.rules ?? [];
  checkMatchCount(log.at('spec.rules'), rules);
  for (const [index, { matches = [], filters, backendRefs = [] }] of rules.entries()) {
    const here = log.at(`spec.rules[${index}]`);
    for (const [at, match] of matches.entries()) checkMatch(here.at(`matches[${at}]`), match);
    checkFilters(here.at('filters'), filters);
    for (const [at, backend] of backendRefs.entries()) {
      checkBackend(here.at(`backendRefs[${at}]`), backend);
      checkFilters(here.at(`backendRefs[${at}].filters`), backend.filters);
    }
  }
}

const SERVICE = /^\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*$/i;
const METHOD = /^[A-Za-z_][A-Za-z_0-9]*$/;

function checkMatch(log: FindingLog, { method, headers = [] }: GrpcRouteMatch): void {
  checkNamedMatches(log.at('headers'), headers);
  if (method === undefined) return;
  const here = log.at('method');
  const { type = 'Exact', service, method: name } = method;
  if (service === undefined && name === undefined) {
    here.error('REQUIRED', "one or both of 'service' or 'method' must be specified; leave method out to match all");
  }
  if (type === 'RegularExpression') {
    if (service !== undefined) checkRegex(here.at('service'), service);
    if (name !== undefined) checkRegex(here.at('method'), name);
    return;
  }
  if (service !== undefined && !SERVICE.test(service)) {
    here.at('service').error('INVALID_VALUE', 'service must be a full gRPC name such as shop.v1.Cart');
  }
  if (name !== undefined && !METHOD.test(name)) {
    here.at('method').error('INVALID_VALUE', 'method must be a name of letters, digits and underscores');
  }
}
