import { RE2JS } from 're2js';
import { unreachable } from '../base/unreachable.ts';
import type { ClaimMatchIr, HeaderMatchIr, RouteMatchIr, StringMatchIr } from '../ir/route-configuration.ts';
import type { Request } from './request.ts';

/** Why a match does not hold for a request, by the first part that does not; `undefined` where all parts hold. */
export function mismatch(match: RouteMatchIr, request: Request): string | undefined {
  if (!matchesPath(match, request.path)) return `path ${request.path} ${NOT[match.path.type]} ${match.path.value}`;
  for (const header of match.headers) {
    if (!matchesHeader(header, request.headers))
      return headerMismatch(header, request.headers[header.name.toLowerCase()]);
  }
  for (const { name, match: wanted } of match.queryParams) {
    const value = request.query.get(name);
    if (!matchesText(wanted, value)) return `query parameter ${name} ${textMismatch(wanted, value)}`;
  }
  return match.claims.filter(({ isInverted }) => !isInverted).map(claimMismatch)[0];
}

/** Calls that are explained carry no token. */
const claimMismatch = ({ path }: ClaimMatchIr): string => `claim ${path.join('.')} is missing: the call has no token`;

const NOT = {
  ...{ exact: 'is not', prefix: 'does not begin with', regex: 'does not match' },
  'path-prefix': 'is not at or below',
} as const;

function headerMismatch({ name, match, isInverted }: HeaderMatchIr, value: string | undefined): string {
  if (!isInverted) return `header ${name} ${textMismatch(match, value)}`;
  return match.type === 'present' ? `header ${name} is there` : `header ${name} ${HOLDS[match.type]} ${match.value}`;
}

const HOLDS = { exact: 'is', prefix: 'begins with', regex: 'matches' } as const;

function textMismatch(match: StringMatchIr, value: string | undefined): string {
  if (value === undefined) return 'is missing';
  return match.type === 'present' ? 'is missing' : `${NOT[match.type]} ${match.value}`;
}

function matchesPath({ path, mindsCase }: RouteMatchIr, asked: string): boolean {
  const fold = (text: string): string => (mindsCase === false ? text.toLowerCase() : text);
  switch (path.type) {
    case 'exact':
      return fold(asked) === fold(path.value);
    case 'prefix':
      return fold(asked).startsWith(fold(path.value));
    case 'path-prefix':
      return fold(asked) === fold(path.value) || fold(asked).startsWith(`${fold(path.value)}/`);
    case 'regex':
      return RE2JS.matches(path.value, asked);
    default:
      return unreachable(path.type);
  }
}

function matchesHeader({ name, match, isInverted }: HeaderMatchIr, headers: Readonly<Record<string, string>>): boolean {
  const value = headers[name.toLowerCase()];
  if (!isInverted) return matchesText(match, value);
  return !matchesText(match, match.type === 'present' ? value : (value ?? ''));
}

function matchesText(match: StringMatchIr, value: string | undefined): boolean {
  if (value === undefined) return false;
  switch (match.type) {
    case 'present':
      return true;
    case 'exact':
      return value === match.value;
    case 'prefix':
      return value.startsWith(match.value);
    case 'regex':
      return RE2JS.matches(match.value, value);
    default:
      return unreachable(match);
  }
}
