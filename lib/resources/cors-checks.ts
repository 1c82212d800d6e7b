import { parseDuration } from '../base/duration.ts';
import { quoted } from '../base/quoted.ts';
import { durationProblem } from './duration-checks.ts';
import type { FindingLog } from './finding.ts';
import { headerNameProblem } from './header-checks.ts';
import { checkRegexMatch } from './string-match-checks.ts';
import type { CorsPolicy } from './virtual-service-spec.ts';

const corsMethods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  '*',
]);

/** VS-29 */
export function checkCors(log: FindingLog, cors: CorsPolicy): void {
  for (const [index, origin] of (cors.allowOrigins ?? []).entries()) {
    const where = log.at(`allowOrigins[${index}]`);
    if ((origin.exact || origin.prefix || origin.regex || '') === '') {
      const message = "'' is not a valid match type for CORS allow origins; set exact, prefix or regex";
      where.error('INVALID_VALUE', message);
    } else checkRegexMatch(where, origin);
  }
  if (cors.allowOrigin !== undefined) {
    log.at('allowOrigin').warning('DEPRECATED', 'allowOrigin is deprecated; use allowOrigins with exact matches');
  }
  for (const [index, method] of (cors.allowMethods ?? []).entries()) {
    if (corsMethods.has(method)) continue;
    log.at(`allowMethods[${index}]`).error('INVALID_VALUE', `${quoted(method)} is not a supported HTTP method`);
  }
  for (const field of ['allowHeaders', 'exposeHeaders'] as const) {
    for (const [index, name] of (cors[field] ?? []).entries()) {
      const problem = headerNameProblem(name);
      if (problem !== undefined) log.at(`${field}[${index}]`).error('INVALID_VALUE', problem);
    }
  }
  if (cors.maxAge !== undefined) checkMaxAge(log.at('maxAge'), cors.maxAge);
}

function checkMaxAge(log: FindingLog, maxAge: string): void {
  const problem = durationProblem(maxAge);
  if (problem !== undefined) log.error('INVALID_VALUE', problem);
  if ((parseDuration(maxAge) ?? 0) % 1000 !== 0) {
    log.error('INVALID_VALUE', 'max_age duration is accurate only to seconds precision; write whole seconds');
  }
}
