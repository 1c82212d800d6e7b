import { RE2JS } from 're2js';
import { unreachable } from '../../lib/base/unreachable.ts';
import type { HeaderMatchIr, RouteMatchIr, StringMatchIr } from '../../lib/ir/route-configuration.ts';

/** A request as routes see it. */
export interface Request {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** What the Host header says; `host` and `port` are what was connected to. */
  readonly authority: string;
  readonly host: string;
  readonly port: number;
  /** Without the query. */
  readonly path: string;
  /** With the query. */
  readonly target: string;
  readonly query: ReadonlyMap<string, string>;
  /** By lower-case name, pseudo-headers among them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether all parts of a match hold for a request. */
export function matchesRoute(match: RouteMatchIr, request: Request): boolean {
  return (
    matchesPath(match, request.path) &&
    match.headers.every((header) => matchesHeader(header, request.headers)) &&
    match.queryParams.every(({ name, match: wanted }) => matchesText(wanted, request.query.get(name)))
  );
}

function matchesPath({ path, mindsCase }: RouteMatchIr, asked: string): boolean {
  const fold = (text: string): string => (mindsCase === false ? text.toLowerCase() : text);
  switch (path.type) {
    case 'exact':
      return fold(asked) === fold(path.value);
    case 'prefix':
      return fold(asked).startsWith(fold(path.value));
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
