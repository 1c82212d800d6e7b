import type { FindingLog } from './finding.ts';
import { checkGatewayNames } from './gateway-name-checks.ts';
import { headerMatchNameProblem } from './header-checks.ts';
import { checkLabels, checkPort } from './name-checks.ts';
import { isDnsLabel } from './name-problems.ts';
import { checkRegexMatch, checkStringMatch } from './string-match-checks.ts';
import type { HttpMatchRequest } from './virtual-service-spec.ts';

/** VS-26: one condition of an HTTP rule. */
export function checkHttpMatch(log: FindingLog, match: HttpMatchRequest): void {
  checkHeaderMatches(log.at('headers'), match.headers);
  checkHeaderMatches(log.at('withoutHeaders'), match.withoutHeaders);
  checkRegexMatch(log.at('uri'), match.uri);
  for (const field of ['scheme', 'method', 'authority'] as const) {
    checkStringMatch(log.at(field), match[field]);
  }
  for (const [name, value] of Object.entries(match.queryParams ?? {})) {
    checkStringMatch(log.at('queryParams').member(name), value);
  }
  if (match.port !== undefined && match.port !== 0) checkPort(log.at('port'), match.port);
  checkLabels(log.at('sourceLabels'), match.sourceLabels);
  checkGatewayNames(log.at('gateways'), match.gateways);
  const { sourceNamespace = '' } = match;
  if (sourceNamespace !== '' && !isDnsLabel(sourceNamespace)) {
    const message = `sourceNamespace match ${sourceNamespace} is invalid; write the name of a namespace`;
    log.at('sourceNamespace').error('INVALID_VALUE', message);
  }
}

function checkHeaderMatches(log: FindingLog, headers: HttpMatchRequest['headers'] = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    const where = log.member(name);
    const problem = headerMatchNameProblem(name);
    if (problem !== undefined) where.error('INVALID_VALUE', problem);
    // In withoutHeaders a lone `*` is no regular expression but "any value", as people have long written it.
    const isAnyValue = log.path.endsWith('withoutHeaders') && value.regex === '*';
    if (!isAnyValue) checkStringMatch(where, value);
  }
}
