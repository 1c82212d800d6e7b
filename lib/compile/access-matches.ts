import type { HeaderMatchIr, MetadataMatchIr, MetadataValueIr, PrincipalIr, TextMatchIr } from '../ir/access.ts';

/** AZ-15: `*` alone stands for any text that is not empty. */
const ANY_TEXT: TextMatchIr = { type: 'regex', value: '.+' };

/** AZ-15 */
export function textMatch(value: string): TextMatchIr {
  if (value === '*') return ANY_TEXT;
  if (value.startsWith('*')) return { type: 'suffix', value: value.slice(1) };
  if (value.endsWith('*')) return { type: 'prefix', value: value.slice(0, -1) };
  return { type: 'exact', value };
}

/** AZ-23 to AZ-25 */
export function headerMatch(name: string, value: string, ignoresCase = false): HeaderMatchIr {
  return { type: 'header', name, match: value === '*' ? undefined : textMatch(value), ignoresCase };
}

/** Letters that mean something in a regular expression, taken literally. */
const quotePattern = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

const identity = (match: TextMatchIr): PrincipalIr => ({ type: 'identity', match });

/** AZ-16: a certificate says `spiffe://` before it. */
export function principalMatch(value: string): PrincipalIr {
  if (value === '*') return identity(ANY_TEXT);
  if (value.startsWith('*')) {
    return identity({ type: 'regex', value: `spiffe://.*${quotePattern(value.slice(1))}` });
  }
  const match = textMatch(value);
  return identity({ ...match, value: `spiffe://${match.value}` });
}

/** AZ-17 */
export function namespaceMatch(value: string): PrincipalIr {
  const pattern = value.split('*').map(quotePattern).join('.*');
  return identity({ type: 'regex', value: `.*/ns/${pattern}/.*` });
}

/** AZ-18: of `namespace/account`. */
export function accountMatch(value: string): PrincipalIr {
  const slash = value.indexOf('/');
  const [namespace, account] = [value.slice(0, slash), value.slice(slash + 1)].map(quotePattern);
  return identity({ type: 'regex', value: `spiffe://.+/ns/${namespace}/(.+/|)sa/${account}(/.+)?` });
}

/** AZ-19 */
export function trustDomainMatch(value: string): PrincipalIr {
  if (value === '*') return identity({ type: 'prefix', value: 'spiffe://' });
  if (!value.includes('*')) return identity({ type: 'prefix', value: `spiffe://${value}/` });
  const star = value.indexOf('*');
  const pattern = `${quotePattern(value.slice(0, star))}[^/]*${quotePattern(value.slice(star + 1))}`;
  return identity({ type: 'regex', value: `spiffe://${pattern}/.*` });
}

/** Where the filter for tokens notes what a token says. */
const TOKENS = 'envoy.filters.http.jwt_authn';

const claim = (path: readonly string[], value: MetadataValueIr): MetadataMatchIr => ({
  type: 'metadata',
  filter: TOKENS,
  path: ['payload', ...path],
  value,
});

/** AZ-22: a claim that is a text, or a list that holds one. */
export function claimMatch(path: readonly string[], values: readonly string[]): MetadataMatchIr {
  const wanted = anyValue(values.map((value) => ({ type: 'text', match: textMatch(value) })));
  return claim(path, { type: 'any', of: [{ type: 'list', holds: wanted }, wanted] });
}

/** AZ-28: `[value]` is one of a list. */
export function filterMetadataMatch(filter: string, key: string, values: readonly string[]): MetadataMatchIr {
  const wanted = values.map((value): MetadataValueIr => {
    const isListed = value.startsWith('[') && value.endsWith(']');
    const match = textMatch(isListed ? value.replace(/^[[\]]+|[[\]]+$/g, '') : value);
    return isListed ? { type: 'list', holds: { type: 'text', match } } : { type: 'text', match };
  });
  return { type: 'metadata', filter, path: [key], value: anyValue(wanted) };
}

function anyValue(values: readonly MetadataValueIr[]): MetadataValueIr {
  const [first, second] = values;
  return first !== undefined && second === undefined ? first : { type: 'any', of: values };
}

/** AZ-21 */
export function requestPrincipalMatch(value: string): PrincipalIr {
  const { issuer, subject } = requestPrincipalParts(value);
  const part = (name: string, match: TextMatchIr): MetadataMatchIr => claim([name], { type: 'text', match });
  return { type: 'all', of: [part('iss', issuer), part('sub', subject)] };
}

/** Issuers are URLs, so that the last slash parts them from the subject. */
function requestPrincipalParts(value: string): { readonly issuer: TextMatchIr; readonly subject: TextMatchIr } {
  const slash = value.lastIndexOf('/');
  const exact = (text: string): TextMatchIr => ({ type: 'exact', value: text });
  if (value === '*') return { issuer: ANY_TEXT, subject: ANY_TEXT };
  if (slash < 0) {
    if (value.startsWith('*')) return { issuer: ANY_TEXT, subject: { type: 'suffix', value: value.slice(1) } };
    if (value.endsWith('*')) return { issuer: { type: 'prefix', value: value.slice(0, -1) }, subject: ANY_TEXT };
    return { issuer: exact(value), subject: exact('') };
  }
  const [issuer, subject] = [value.slice(0, slash), value.slice(slash + 1)];
  if (value.startsWith('*')) {
    return {
      issuer: issuer === '*' ? ANY_TEXT : { type: 'suffix', value: issuer.slice(1) },
      subject: exact(subject),
    };
  }
  if (!value.endsWith('*')) return { issuer: exact(issuer), subject: exact(subject) };
  return {
    issuer: exact(issuer),
    subject: subject === '*' ? ANY_TEXT : { type: 'prefix', value: subject.slice(0, -1) },
  };
}
