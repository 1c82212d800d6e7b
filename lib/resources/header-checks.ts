import { claimPath } from '../base/claim-header.ts';
import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import { hasControlCharacters, headerFormatProblem } from './header-format.ts';
import type { HeaderOperations, HeaderRewrites } from './virtual-service-spec.ts';

/** RFC 9110's token characters. */
const headerNamePattern = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const pseudoHeaders: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':status']);

/** CLAIM-1: a header that stands for a claim of the caller's token: `@request.auth.claims.group` or `@request.auth.claims[group]`. */
export const isClaimHeader = (name: string): boolean => claimPath(name) !== undefined;

export const isAuthorityHeader = (name: string): boolean => /^(?::authority|host)$/i.test(name);

/** VS-26: name of a header that a match looks at. */
export function headerMatchNameProblem(name: string): string | undefined {
  const claim = claimPath(name);
  if (claim?.includes('') === true)
    return `${name} has an empty name of a claim; leave out the dot or bracket too many`;
  if (claim !== undefined || pseudoHeaders.has(name)) return undefined;
  return headerNameProblem(name);
}

export function headerNameProblem(name: string): string | undefined {
  if (name === '') return 'header name cannot be empty';
  return headerNamePattern.test(name)
    ? undefined
    : `header name ${name} is not a valid header name; use a token such as x-user`;
}

/** VS-30: headers that are set, added and removed on the way in and out. */
export function checkHeaderRewrites(log: FindingLog, headers: HeaderRewrites | undefined): void {
  checkOperations(log.at('request'), headers?.request, requestNameProblem);
  checkOperations(log.at('response'), headers?.response, operationNameProblem);
}

function checkOperations(
  log: FindingLog,
  operations: HeaderOperations | undefined,
  writtenNameProblem: (name: string) => string | undefined,
): void {
  for (const operation of ['set', 'add'] as const) {
    for (const [name, value] of Object.entries(operations?.[operation] ?? {})) {
      const where = log.at(operation).member(name);
      note(where, writtenNameProblem(name));
      note(where, headerValueProblem(value));
    }
  }
  for (const [index, name] of (operations?.remove ?? []).entries()) {
    note(log.at(`remove[${index}]`), operationNameProblem(name));
  }
}

function note(log: FindingLog, problem: string | undefined): void {
  if (problem !== undefined) log.error('INVALID_VALUE', problem);
}

/** On a request the authority may be set, by either of its names; the other pseudo headers are Envoy's. */
function requestNameProblem(name: string): string | undefined {
  return isAuthorityHeader(name) ? undefined : operationNameProblem(name);
}

function operationNameProblem(name: string): string | undefined {
  if (name === '') return 'header name cannot be empty';
  if (/^host$/i.test(name)) return `invalid header ${quoted(name)}: cannot set Host header; use rewrite.authority`;
  return name.startsWith(':') ? `invalid header ${quoted(name)}: header cannot have ":" prefix` : undefined;
}

function headerValueProblem(value: string): string | undefined {
  if (hasControlCharacters(value)) {
    return `header value configuration ${quoted(value)} is invalid; it has control characters`;
  }
  const problem = headerFormatProblem(value);
  return problem === undefined ? undefined : `header value configuration: invalid header configuration. ${problem}`;
}
