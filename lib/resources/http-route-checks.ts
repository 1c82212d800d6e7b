import { quoted } from '../base/quoted.ts';
import { checkCors } from './cors-checks.ts';
import { checkDestination, checkWeightedDestinations } from './destination-checks.ts';
import { checkDuration } from './duration-checks.ts';
import { checkFault } from './fault-checks.ts';
import type { FindingLog } from './finding.ts';
import { checkHeaderRewrites, isAuthorityHeader } from './header-checks.ts';
import { checkDirectResponse, checkRedirect, checkRewrite } from './http-action-checks.ts';
import { checkHttpMatch } from './http-match-checks.ts';
import { checkRetry } from './http-retry-checks.ts';
import type { HttpRoute } from './virtual-service-spec.ts';

/** VS-23..31: one HTTP rule. `isDelegate` says whether it stands in a VirtualService that others delegate to. */
export function checkHttpRoute(log: FindingLog, route: HttpRoute, isDelegate: boolean): void {
  if (!isDelegate && route.delegate !== undefined) checkRootRoute(log, route);
  else checkActions(log, route);
  if (isDelegate && route.delegate !== undefined) {
    log.at('delegate').error('CONFLICT', 'delegate HTTP route cannot contain delegate; delegation has one level');
  }
  for (const [index, match] of (route.match ?? []).entries()) checkHttpMatch(log.at(`match[${index}]`), match);
  checkHeaderRewrites(log.at('headers'), route.headers);
  if (route.corsPolicy !== undefined) checkCors(log.at('corsPolicy'), route.corsPolicy);
  if (route.fault !== undefined) checkFault(log.at('fault'), route.fault);
  checkMirrors(log, route);
  if (route.redirect !== undefined) checkRedirect(log.at('redirect'), route.redirect, route.match ?? []);
  if (route.directResponse !== undefined) checkDirectResponse(log.at('directResponse'), route.directResponse);
  if (route.retries !== undefined) checkRetry(log.at('retries'), route.retries);
  if (route.rewrite !== undefined) checkRewrite(log.at('rewrite'), route.rewrite);
  checkAuthorityIsSetOnce(log, route);
  checkWeightedDestinations(log.at('route'), route.route ?? []);
  for (const [index, { headers }] of (route.route ?? []).entries()) {
    checkHeaderRewrites(log.at(`route[${index}].headers`), headers);
  }
  checkDuration(log.at('timeout'), route.timeout);
}

/** VS-24: where a rule hands over to a delegate, the delegate says what happens. */
function checkRootRoute(log: FindingLog, route: HttpRoute): void {
  for (const action of ['redirect', 'route'] as const) {
    if (route[action] === undefined) continue;
    const message = `root HTTP route ${route.name ?? ''} must not specify ${action}; the delegate does`;
    log.at(action).error('CONFLICT', message);
  }
}

/** VS-23: exactly one thing is done with a request, and nothing beside it that this one makes pointless. */
function checkActions(log: FindingLog, route: HttpRoute): void {
  const routes = (route.route ?? []).length > 0;
  const { redirect, directResponse, fault, rewrite } = route;
  const conflict = (message: string): void => log.error('CONFLICT', `${message}; keep one of them`);
  const exclusive = redirect !== undefined ? 'redirect' : directResponse !== undefined ? 'direct_response' : undefined;
  if (exclusive !== undefined) {
    if (routes) conflict(`HTTP route cannot contain both route and ${exclusive}`);
    if (fault !== undefined) conflict(`HTTP route cannot contain both fault and ${exclusive}`);
    if (rewrite !== undefined) conflict(`HTTP route rule cannot contain both rewrite and ${exclusive}`);
    if (redirect !== undefined && directResponse !== undefined) {
      conflict('HTTP route rule cannot contain both redirect and direct_response');
    }
  } else if (!routes) log.error('REQUIRED', 'HTTP route, redirect or direct_response is required');
  if (route.mirror !== undefined && (route.mirrors ?? []).length > 0) {
    conflict('HTTP route cannot contain both mirror and mirrors');
  }
}

/** VS-29: copies of requests, sent to be thrown away. */
function checkMirrors(log: FindingLog, route: HttpRoute): void {
  if (route.mirrorPercent !== undefined) {
    if (route.mirrorPercent > 100) {
      const message = `mirror_percent must have a max value of 100 (it has ${route.mirrorPercent})`;
      log.at('mirrorPercent').error('INVALID_VALUE', message);
    }
    const message = 'using deprecated setting "mirrorPercent", use "mirrorPercentage" instead';
    log.at('mirrorPercent').warning('DEPRECATED', message);
  }
  checkPercentage(log.at('mirrorPercentage.value'), route.mirrorPercentage?.value);
  if (route.mirror !== undefined) checkDestination(log.at('mirror'), route.mirror);
  for (const [index, { destination, percentage }] of (route.mirrors ?? []).entries()) {
    const where = log.at(`mirrors[${index}]`);
    if (destination === undefined) where.error('REQUIRED', 'destination is required for mirrors');
    else checkDestination(where.at('destination'), destination);
    checkPercentage(where.at('percentage.value'), percentage?.value);
  }
}

function checkPercentage(log: FindingLog, value = 0): void {
  if (value > 100) log.error('INVALID_VALUE', `mirror percentage must have a max value of 100 (it has ${value})`);
  if (value < 0) log.error('INVALID_VALUE', `mirror percentage must have a min value of 0 (it has ${value})`);
}

/** VS-30: the authority can be rewritten in three places; two of them at once would depend on the order of filters. */
function checkAuthorityIsSetOnce(log: FindingLog, route: HttpRoute): void {
  const { set = {}, add = {} } = route.headers?.request ?? {};
  const written = [...Object.entries(set), ...Object.entries(add)].filter(([name]) => isAuthorityHeader(name));
  const values = [route.rewrite?.authority ?? '', ...written.map(([, value]) => value)].filter((value) => value !== '');
  const [first, second] = values;
  if (first === undefined || second === undefined) return;
  const message = `authority header cannot be set multiple times: have ${quoted(first)}, attempting to set ${quoted(second)}`;
  log.at('headers.request').error('CONFLICT', message);
}
