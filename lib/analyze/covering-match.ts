import { canonicalJson } from '../base/hashing.ts';
import { selects } from '../base/labels.ts';
import type { HttpMatch, NamedMatch, StringMatch } from '../model/http-rule.ts';

/** Whether every request that the later condition is for meets the earlier one; false where that cannot be told. */
export function covers(earlier: HttpMatch, later: HttpMatch): boolean {
  return (
    coversPath(earlier, later) &&
    coversValue(earlier.scheme, later.scheme) &&
    coversValue(earlier.method, later.method) &&
    coversValue(earlier.authority, later.authority) &&
    coversNamed(earlier.headers, later.headers) &&
    coversNamed(earlier.queryParams, later.queryParams) &&
    isContained(earlier.withoutHeaders, later.withoutHeaders) &&
    (earlier.port === 0 || earlier.port === later.port) &&
    (earlier.sourceNamespace === '' || earlier.sourceNamespace === later.sourceNamespace) &&
    selects(earlier.sourceLabels, later.sourceLabels) &&
    coversGateways(earlier.gateways, later.gateways)
  );
}

/** Whether it asks for nothing that a request could lack; at a Gateway where authors meet such conditions are tried last (RT-34). */
export function takesEverything({ uri, scheme, method, authority, ...others }: HttpMatch): boolean {
  const conditions = [...others.headers, ...others.withoutHeaders, ...others.queryParams];
  return isAnyPath(uri) && [scheme, method, authority].every((each) => each === undefined) && conditions.length === 0;
}

/** The ways to write it that are known for what they are when routes are compiled (RT-1). */
const isAnyPath = (uri: StringMatch | undefined): boolean =>
  uri === undefined ||
  uri.type === 'present' ||
  (uri.type === 'prefix' && uri.value === '/') ||
  (uri.type === 'regex' && uri.value === '.*');

function coversPath({ uri: a, ignoresUriCase: aIgnores }: HttpMatch, { uri: b, ignoresUriCase: bIgnores }: HttpMatch) {
  if (a === undefined || isAnyPath(a)) return true;
  if (b === undefined || (bIgnores && !aIgnores)) return false;
  return aIgnores ? coversValue(lowered(a), lowered(b)) : coversValue(a, b);
}

const lowered = (match: StringMatch): StringMatch =>
  match.type === 'exact' || match.type === 'prefix' ? { ...match, value: match.value.toLowerCase() } : match;

function coversValue(a: StringMatch | undefined, b: StringMatch | undefined): boolean {
  if (a === undefined) return true;
  if (b === undefined) return false;
  if (a.type === 'present') return true;
  if (b.type === 'present') return false;
  if (a.type === 'prefix') return b.type !== 'regex' && b.value.startsWith(a.value);
  return a.type === b.type && a.value === b.value;
}

const coversNamed = (earlier: readonly NamedMatch[], later: readonly NamedMatch[]): boolean =>
  earlier.every(({ name, match }) => later.some((other) => other.name === name && coversValue(match, other.match)));

function isContained(some: readonly NamedMatch[], all: readonly NamedMatch[]): boolean {
  const known = new Set(all.map((each) => canonicalJson(each)));
  return some.every((each) => known.has(canonicalJson(each)));
}

/** Without any, a condition holds at all gateways of its rule. */
const coversGateways = (earlier: readonly string[], later: readonly string[]): boolean =>
  earlier.length === 0 || (later.length > 0 && later.every((gateway) => earlier.includes(gateway)));
