import { testFindings } from '../../../support/findings.ts';

const backend = { name: 'reviews', port: 80 };
const rule = (changes: object): object => ({ rules: [{ backendRefs: [backend], ...changes }] });
const path = (type: string, value: string): object => rule({ matches: [{ path: { type, value } }] });
const filter = (...filters: readonly object[]): object => rule({ filters });
const redirect = { type: 'RequestRedirect', requestRedirect: { scheme: 'https' } };
const rewrite = { type: 'URLRewrite', urlRewrite: { hostname: 'a.b' } };
const prefixed = {
  type: 'URLRewrite',
  urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } },
};
const at = 'spec.rules[0]';

testFindings('HTTPRoute', [
  [
    'GA-11',
    { parentRefs: [{ name: 'a' }, { name: 'a', namespace: 'b' }, { name: 'a', kind: 'Service', group: '' }] },
    'fine',
  ],
  [
    'GA-11',
    {
      parentRefs: [
        { name: 'a', sectionName: 'x' },
        { name: 'a', port: 80 },
      ],
    },
    'fine',
  ],
  [
    'GA-11',
    { parentRefs: [{ name: 'a' }, { name: 'a' }] },
    'error spec.parentRefs[0]: sectionName or port must be specified',
  ],
  [
    'GA-11',
    {
      parentRefs: [
        { name: 'a', port: 80 },
        { name: 'a', port: 80 },
      ],
    },
    'error spec.parentRefs[1]: sectionName or port must be unique',
  ],
  ['GA-11', { parentRefs: [{ name: '' }] }, 'error spec.parentRefs[0].name: must'],
  ['GA-11', { hostnames: ['*.a.b', 'c.d'] }, 'fine'],
  ['GA-11', { hostnames: ['a.*.b'] }, 'error spec.hostnames[0]: must be a host name'],
  ['GA-11', { hostnames: ['*'] }, 'error spec.hostnames[0]: must be a host name'],
  ['GA-11', { rules: [] }, 'error spec.rules: '],
  ['GA-14', { rules: [{ matches: Array.from({ length: 65 }, () => ({})) }] }, `error ${at}.matches: `],
  [
    'GA-14',
    { rules: Array.from({ length: 3 }, () => ({ matches: Array.from({ length: 50 }, () => ({})) })) },
    'error spec.rules: the rules have 150 matches together',
  ],
  ['GA-15', path('PathPrefix', '/a%20b/c'), 'fine'],
  ['GA-15', path('PathPrefix', 'a'), `error ${at}.matches[0].path.value: value must be an absolute path`],
  ['GA-15', path('Exact', '/a//b'), `error ${at}.matches[0].path.value: must not contain '//'`],
  ['GA-15', path('Exact', '/a/..'), `error ${at}.matches[0].path.value: must not end with '/..'`],
  ['GA-15', path('Exact', '/a?b'), `error ${at}.matches[0].path.value: must only contain characters`],
  ['GA-15', path('RegularExpression', '/a(?=b)'), `error ${at}.matches[0].path.value: `],
  ['GA-15', path('RegularExpression', 'a//b'), 'fine'],
  ['GA-15', path('Glob', '/a'), `error ${at}.matches[0].path.type: the text "Glob" is not a value of this field`],
  [
    'GA-15',
    rule({
      matches: [
        {
          headers: [
            { name: 'a', value: 'b' },
            { name: 'a', value: 'c' },
          ],
        },
      ],
    }),
    `error ${at}.matches[0].headers[1].name: "a" stands twice`,
  ],
  [
    'GA-15',
    rule({ matches: [{ headers: [{ name: 'a b', value: 'b' }] }] }),
    `error ${at}.matches[0].headers[0].name: `,
  ],
  ['GA-16', rule({ backendRefs: [{ name: 'a' }] }), `error ${at}.backendRefs[0].port: must have port`],
  ['GA-16', rule({ backendRefs: [{ name: 'a', kind: 'Hostname', group: 'networking.istio.io' }] }), 'fine'],
  [
    'GA-16',
    rule({ backendRefs: [{ ...backend, weight: -1 }] }),
    `error ${at}.backendRefs[0].weight: must be at least 0`,
  ],
  ['GA-18', filter(redirect), `error ${at}.backendRefs: RequestRedirect filter must not be used together`],
  ['GA-18', { rules: [{ filters: [redirect, rewrite] }] }, `error ${at}.filters: RequestRedirect and URLRewrite`],
  ['GA-18', filter(rewrite, rewrite), `error ${at}.filters[1]: URLRewrite filter cannot be repeated`],
  ['GA-18', filter({ type: 'URLRewrite' }), `error ${at}.filters[0].urlRewrite: urlRewrite must be specified`],
  ['GA-18', filter({ ...rewrite, cors: {} }), `error ${at}.filters[0].cors: cors must be nil`],
  ['GA-18', filter({ type: 'Cors', cors: {} }), `error ${at}.filters[0].type: the text "Cors"`],
  ['GA-18', rule({ filters: [prefixed], matches: [{ path: { value: '/a' } }] }), 'fine'],
  [
    'GA-18',
    rule({ filters: [prefixed], matches: [{ path: { value: '/a' } }, { path: { value: '/b' } }] }),
    `error ${at}.filters[0]: replacePrefixMatch needs a rule with exactly one match`,
  ],
  [
    'GA-18',
    filter({ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplaceFullPath', replacePrefixMatch: '/' } } }),
    `error ${at}.filters[0].urlRewrite.path.replaceFullPath: replaceFullPath must be specified`,
  ],
  [
    'GA-18',
    filter({ type: 'RequestMirror', requestMirror: { backendRef: backend, percent: 1, fraction: { numerator: 1 } } }),
    `error ${at}.filters[0].requestMirror: only one of percent or fraction`,
  ],
  [
    'GA-18',
    filter({
      type: 'RequestMirror',
      requestMirror: { backendRef: backend, fraction: { numerator: 3, denominator: 2 } },
    }),
    `error ${at}.filters[0].requestMirror.fraction: numerator must be less than`,
  ],
  [
    'GA-18',
    filter({ type: 'CORS', cors: { allowOrigins: ['*', 'https://a.b'] } }),
    `error ${at}.filters[0].cors.allowOrigins: allowOrigins cannot contain '*'`,
  ],
  [
    'GA-18',
    filter({ type: 'CORS', cors: { allowOrigins: ['a.b'] } }),
    `error ${at}.filters[0].cors.allowOrigins[0]: must be "*"`,
  ],
  [
    'GA-18',
    filter({ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'a', value: '50%' }] } }),
    `error ${at}.filters[0].requestHeaderModifier.set[0].value: Un-escaped %`,
  ],
  [
    'GA-19',
    { rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { statusCode: 300 } }] }] },
    `error ${at}.filters[0].requestRedirect.statusCode: use one of 301`,
  ],
  [
    'GA-20',
    rule({ timeouts: { request: '1s', backendRequest: '2s' } }),
    `error ${at}.timeouts.backendRequest: backendRequest timeout cannot be longer`,
  ],
  ['GA-20', rule({ timeouts: { request: '0s', backendRequest: '2s' } }), 'fine'],
  ['GA-20', rule({ timeouts: { request: '1.5s' } }), `error ${at}.timeouts.request: must be a duration`],
  ['GA-20', rule({ retry: { codes: [200] } }), `error ${at}.retry.codes[0]: must be at least 400`],
]);
