import { testFindings } from '../../support/findings.ts';

const to = (host: string): object[] => [{ destination: { host } }];
const service = (spec: object): object => ({ hosts: ['a.b'], ...spec });
const http = (route: object): object => service({ http: [{ route: to('a.b'), ...route }] });
const bare = (route: object): object => service({ http: [route] });
const match = (condition: object): object => http({ match: [condition] });
const at = 'spec.http[0]';

testFindings('VirtualService', [
  [
    'VS-21',
    { ...bare({ route: to('a') }), hosts: ['*.a.b', '*.b'] },
    'error spec.hosts[1]: duplicate hosts in virtual service: *.a.b & *.b',
  ],
  [
    'VS-21',
    { ...bare({ route: to('a') }), hosts: ['a.b', 'c.d', 'a.b'] },
    'error spec.hosts[2]: duplicate hosts in virtual service: a.b & a.b',
  ],
  [
    'VS-21',
    { ...bare({ route: to('a') }), hosts: ['*'] },
    'error spec.hosts[0]: wildcard host * is not allowed for virtual services bound to the mesh',
  ],
  ['VS-21', { ...bare({ route: to('a') }), hosts: ['*'], gateways: ['ns/gw'] }, 'fine'],
  ['VS-21', { ...bare({ route: to('a') }), hosts: ['1.2.3.4', '::1'] }, 'fine'],
  ['VS-21', { http: [{ route: to('a') }] }, 'fine'],
  ['VS-22', service({}), 'error spec: http, tcp or tls must be provided in virtual service'],
  ['VS-23', bare({}), `error ${at}: HTTP route, redirect or direct_response is required`],
  ['VS-23', http({ redirect: { uri: '/' } }), `error ${at}: HTTP route cannot contain both route and redirect`],
  [
    'VS-23',
    bare({ redirect: { uri: '/' }, fault: { abort: { httpStatus: 500 } } }),
    `error ${at}: HTTP route cannot contain both fault and redirect`,
  ],
  [
    'VS-23',
    bare({ redirect: { uri: '/' }, rewrite: { uri: '/' } }),
    `error ${at}: HTTP route rule cannot contain both rewrite and redirect`,
  ],
  [
    'VS-23',
    bare({ redirect: { uri: '/' }, directResponse: { status: 200 } }),
    `error ${at}: HTTP route rule cannot contain both redirect and direct_response`,
  ],
  [
    'VS-23',
    http({ directResponse: { status: 200 } }),
    `error ${at}: HTTP route cannot contain both route and direct_response`,
  ],
  [
    'VS-23',
    http({ mirror: { host: 'm' }, mirrors: [{ destination: { host: 'm' } }] }),
    `error ${at}: HTTP route cannot contain both mirror and mirrors`,
  ],
  [
    'VS-24',
    bare({ name: 'r', delegate: { name: 'd' }, route: to('a') }),
    `error ${at}.route: root HTTP route r must not specify route`,
  ],
  [
    'VS-24',
    bare({ delegate: { name: 'd' }, redirect: { uri: '/' } }),
    `error ${at}.redirect: root HTTP route  must not specify redirect`,
  ],
  [
    'VS-24',
    { http: [{ delegate: { name: 'd' }, route: to('a') }] },
    `error ${at}.delegate: delegate HTTP route cannot contain delegate`,
  ],
  [
    'VS-24',
    { http: [{ route: to('a') }], gateways: ['ns/gw'] },
    'error spec.gateways: delegate virtual service must have no gateways',
  ],
  ['VS-24', { tcp: [{ route: to('a') }] }, 'error spec.tcp: delegate virtual service must have no tcp route'],
  [
    'VS-24',
    { tls: [{ match: [{ sniHosts: ['a'] }], route: to('a') }] },
    'error spec.tls: delegate virtual service must have no tls route',
  ],
  ['VS-25', http({ route: [{}] }), `error ${at}.route[0]: destination is required`],
  [
    'VS-25',
    http({ route: [{ destination: { host: '*' } }] }),
    `error ${at}.route[0].destination.host: invalid destination host "*"`,
  ],
  [
    'VS-25',
    http({ route: [{ destination: {} }] }),
    `error ${at}.route[0].destination.host: invalid destination host ""`,
  ],
  [
    'VS-25',
    http({ route: [{ destination: { host: 'a', subset: 'a.b' } }] }),
    `error ${at}.route[0].destination.subset: subset name is invalid`,
  ],
  [
    'VS-25',
    http({ route: [{ destination: { host: 'a', port: {} } }] }),
    `error ${at}.route[0].destination.port.number: port number 0 must`,
  ],
  [
    'VS-25',
    http({ route: [{ destination: { host: 'a' }, weight: -1 }] }),
    `error ${at}.route[0].weight: weight -1 < 0`,
  ],
  ['VS-25', http({ route: [...to('a'), ...to('b')] }), `error ${at}.route: total destination weight = 0`],
  ['VS-25', http({ route: [{ destination: { host: 'a' }, weight: 3 }, ...to('b')] }), 'fine'],
  [
    'VS-26',
    match({ method: { prefix: '' } }),
    `error ${at}.match[0].method.prefix: "${at}.match[0].method": prefix string match should not be empty`,
  ],
  ['VS-26', match({ uri: { prefix: '' } }), 'fine'],
  [
    'VS-26',
    match({ uri: { regex: '' } }),
    `error ${at}.match[0].uri.regex: "${at}.match[0].uri": regex string match should not be empty`,
  ],
  [
    'VS-26',
    match({ uri: { regex: 'a'.repeat(1025) } }),
    `error ${at}.match[0].uri.regex: "${at}.match[0].uri.regex": regex is too large, max length`,
  ],
  ['VS-26', match({ headers: { x: { regex: '(?!a)b' } } }), `error ${at}.match[0].headers.x.regex: `],
  ['VS-26', match({ headers: { x: { regex: '^(a|b)\\d{2}$' } } }), 'fine'],
  ['VS-26', match({ withoutHeaders: { x: { regex: '*' } } }), 'fine'],
  ['VS-26', match({ headers: { x: { regex: '*' } } }), `error ${at}.match[0].headers.x.regex: `],
  [
    'VS-26',
    match({ uri: { exact: '/', prefix: '/' } }),
    `error ${at}.match[0].uri: "${at}.match[0].uri": only one of exact, prefix and regex`,
  ],
  [
    'VS-26',
    match({ headers: { 'a b': {} } }),
    `error ${at}.match[0].headers["a b"]: header name a b is not a valid header name`,
  ],
  ['VS-26', match({ headers: { ':authority': { exact: 'a' } } }), 'fine'],
  [
    'VS-26',
    match({ sourceNamespace: 'a.b' }),
    `error ${at}.match[0].sourceNamespace: sourceNamespace match a.b is invalid`,
  ],
  ['VS-26', match({ port: 70_000 }), `error ${at}.match[0].port: port number 70000 must be in the range`],
  ['VS-26', match({ gateways: ['*/gw'] }), `error ${at}.match[0].gateways[0]: invalid value for namespace: "*"`],
  ['VS-26', { ...http({}), gateways: ['ns/g.w'] }, 'error spec.gateways[0]: invalid value for gateway name: "g.w"'],
  [
    'VS-26',
    { ...http({}), gateways: ['ns/'] },
    'error spec.gateways[0]: config namespace and gateway name cannot be empty',
  ],
  [
    'VS-26',
    { ...http({}), gateways: ['gw.ns.svc'] },
    'warning spec.gateways[0]: using legacy gatewayName format "gw.ns.svc"',
  ],
  [
    'VS-26',
    match({ headers: { '@request.auth.claims.g': { exact: 'x' } } }),
    `error ${at}.match[0].headers["@request.auth.claims.g"]: JWT claim based routing`,
  ],
  ['VS-26', { ...match({ headers: { '@request.auth.claims[a][b]': { exact: 'x' } } }), gateways: ['ns/gw'] }, 'fine'],
  ['VS-27', http({ timeout: '0s' }), `error ${at}.timeout: duration must be greater than 1ms`],
  ['VS-27', http({ retries: { attempts: -1 } }), `error ${at}.retries.attempts: attempts cannot be negative`],
  [
    'VS-27',
    http({ retries: { retryOn: '5xx' } }),
    `error ${at}.retries: http retry policy configured when attempts are set to 0`,
  ],
  [
    'VS-27',
    http({ retries: { attempts: 1, retryOn: '5xx,soon' } }),
    `error ${at}.retries.retryOn: "soon" is not a valid retryOn policy`,
  ],
  ['VS-27', http({ retries: { attempts: 1, retryOn: '503,reset', perTryTimeout: '1s', backoff: '25ms' } }), 'fine'],
  [
    'VS-27',
    http({ retries: { attempts: 1, perTryTimeout: '1us' } }),
    `error ${at}.retries.perTryTimeout: duration must be greater`,
  ],
  ['VS-28', http({ fault: {} }), `error ${at}.fault: HTTP fault injection must have an abort and/or a delay`],
  [
    'VS-28',
    http({ fault: { delay: { percentage: { value: 101 }, fixedDelay: '1s' } } }),
    `error ${at}.fault.delay.percentage: percentage 101 is neither`,
  ],
  [
    'VS-28',
    http({ fault: { abort: { httpStatus: 199 } } }),
    `error ${at}.fault.abort.httpStatus: HTTP status 199 is not in range 200-599`,
  ],
  [
    'VS-28',
    http({ fault: { abort: { grpcStatus: 'GONE' } } }),
    `error ${at}.fault.abort.grpcStatus: gRPC status "GONE" is not supported`,
  ],
  [
    'VS-28',
    http({ fault: { abort: { http2Error: 'x' } } }),
    `error ${at}.fault.abort.http2Error: HTTP/2 abort fault injection not supported yet`,
  ],
  [
    'VS-28',
    http({ fault: { delay: { exponentialDelay: '1s' } } }),
    `error ${at}.fault.delay.exponentialDelay: exponentialDelay not supported yet`,
  ],
  ['VS-28', http({ fault: { abort: {} } }), `warning ${at}.fault.abort: abort configured, but error type not set`],
  [
    'VS-29',
    http({ corsPolicy: { allowOrigins: [{}] } }),
    `error ${at}.corsPolicy.allowOrigins[0]: '' is not a valid match type`,
  ],
  [
    'VS-29',
    http({ corsPolicy: { allowMethods: ['GETT'] } }),
    `error ${at}.corsPolicy.allowMethods[0]: "GETT" is not a supported HTTP method`,
  ],
  [
    'VS-29',
    http({ corsPolicy: { allowHeaders: ['a b'] } }),
    `error ${at}.corsPolicy.allowHeaders[0]: header name a b is not`,
  ],
  [
    'VS-29',
    http({ corsPolicy: { maxAge: '1500ms' } }),
    `error ${at}.corsPolicy.maxAge: max_age duration is accurate only to seconds`,
  ],
  ['VS-29', http({ mirrors: [{}] }), `error ${at}.mirrors[0]: destination is required for mirrors`],
  [
    'VS-29',
    http({ mirror: { host: 'm' }, mirrorPercentage: { value: 101 } }),
    `error ${at}.mirrorPercentage.value: mirror percentage must have a max value of 100`,
  ],
  [
    'VS-29',
    http({ mirror: { host: 'm' }, mirrorPercent: 5 }),
    `warning ${at}.mirrorPercent: using deprecated setting "mirrorPercent"`,
  ],
  [
    'VS-30',
    http({ headers: { request: { set: { '': 'x' } } } }),
    `error ${at}.headers.request.set[""]: header name cannot be empty`,
  ],
  [
    'VS-30',
    http({ headers: { request: { remove: ['Host'] } } }),
    `error ${at}.headers.request.remove[0]: invalid header "Host": cannot set Host header`,
  ],
  [
    'VS-30',
    http({ headers: { response: { set: { ':status': '1' } } } }),
    `error ${at}.headers.response.set[":status"]: invalid header ":status"`,
  ],
  [
    'VS-30',
    http({ headers: { response: { add: { x: '50%' } } } }),
    `error ${at}.headers.response.add.x: header value configuration`,
  ],
  [
    'VS-30',
    http({ rewrite: { authority: 'x' }, headers: { request: { set: { host: 'y' } } } }),
    `error ${at}.headers.request: authority header cannot be set multiple times`,
  ],
  ['VS-30', http({ headers: { request: { set: { ':authority': 'y', x: '%START_TIME%' } } } }), 'fine'],
  [
    'VS-30',
    http({ route: [{ destination: { host: 'a' }, headers: { request: { remove: [':path'] } } }] }),
    `error ${at}.route[0].headers.request.remove[0]: invalid header ":path"`,
  ],
  ['VS-31', bare({ redirect: {} }), `error ${at}.redirect: redirect must specify URI, authority, scheme, or port`],
  [
    'VS-31',
    bare({ redirect: { uri: '/', prefixRewrite: '/' } }),
    `error ${at}.redirect: redirect may only specify one of uri or prefix_rewrite`,
  ],
  [
    'VS-31',
    bare({ match: [{ uri: { exact: '/' } }], redirect: { prefixRewrite: '/' } }),
    `error ${at}.redirect.prefixRewrite: redirect prefix_rewrite requires all URI`,
  ],
  [
    'VS-31',
    bare({ redirect: { uri: '/', redirectCode: 200 } }),
    `error ${at}.redirect.redirectCode: 200 is not a valid redirect code, must be 3xx`,
  ],
  ['VS-31', bare({ redirect: { scheme: 'ftp' } }), `error ${at}.redirect.scheme: invalid redirect scheme`],
  ['VS-31', http({ rewrite: {} }), `error ${at}.rewrite: rewrite must specify at least one of`],
  [
    'VS-31',
    http({ rewrite: { uri: '/', uriRegexRewrite: { match: 'a', rewrite: 'b' } } }),
    `error ${at}.rewrite: rewrite may only contain one of URI or UriRegexRewrite`,
  ],
  [
    'VS-31',
    http({ rewrite: { uriRegexRewrite: { match: 'a' } } }),
    `error ${at}.rewrite.uriRegexRewrite: UriRegexRewrite requires both`,
  ],
  [
    'VS-31',
    bare({ directResponse: { status: 700 } }),
    `error ${at}.directResponse.status: HTTP status 700 is not in range`,
  ],
  [
    'VS-31',
    bare({ directResponse: { status: 200, body: { string: 'x'.repeat(1_050_000) } } }),
    `error ${at}.directResponse.body: large direct_responses may impact control plane performance, must be less than 1MB`,
  ],
  [
    'VS-31',
    bare({ directResponse: { status: 200, body: { string: 'x'.repeat(110_000) } } }),
    `warning ${at}.directResponse.body: large direct_responses may impact`,
  ],
  ['VS-31', bare({ directResponse: { status: 200, body: { bytes: '!' } } }), `error ${at}.directResponse.body.bytes`],
  [
    'VS-32',
    service({ tls: [{ route: to('a') }] }),
    'error spec.tls[0]: TLS route must have at least one match condition',
  ],
  [
    'VS-32',
    service({ tls: [{ match: [{}], route: to('a') }] }),
    'error spec.tls[0].match[0]: TLS match must have at least one SNI host',
  ],
  [
    'VS-32',
    service({ tls: [{ match: [{ sniHosts: ['x.y'] }], route: to('a') }] }),
    'error spec.tls[0].match[0].sniHosts[0]: SNI host "x.y" is not a compatible subset',
  ],
  ['VS-32', service({ tls: [{ match: [{ sniHosts: ['a.b'] }] }] }), 'error spec.tls[0]: TLS route is required'],
  ['VS-32', service({ tls: [{ match: [{ sniHosts: ['1.2.3.4'] }], route: to('a') }] }), 'fine'],
  [
    'VS-32',
    {
      hosts: ['outbound_.80_._.a.b'],
      gateways: ['ns/gw'],
      tls: [{ match: [{ sniHosts: ['outbound_.80_._.a.b'] }], route: to('a') }],
    },
    'fine',
  ],
  ['VS-32', service({ tcp: [{}] }), 'error spec.tcp[0]: TCP route is required'],
  [
    'VS-32',
    service({ tcp: [{ match: [{ destinationSubnets: ['1.2'] }], route: to('a') }] }),
    'error spec.tcp[0].match[0].destinationSubnets[0]: 1.2 is not a valid IP',
  ],
]);

const rules = (...list: object[]): object => service({ http: list.map((rule) => ({ route: to('a'), ...rule })) });
const prefix = (text: string, more: object = {}): object => ({ match: [{ uri: { prefix: text }, ...more }] });

testFindings('VirtualService', [
  [
    'VS-33',
    rules({}, {}),
    'warning spec.http[1]: virtualService rule #1 not used (only the last rule can have no matches)',
  ],
  [
    'VS-33',
    rules({ name: 'all' }, { name: 'late', ...prefix('/a') }),
    'warning spec.http[1]: virtualService rule "late" not used (route without matches defined before)',
  ],
  [
    'VS-33',
    rules(prefix('/a'), prefix('/a')),
    'warning spec.http[1]: virtualService rule #1 not used (all matches used by prior rules)',
  ],
  [
    'VS-33',
    rules(prefix('/a'), prefix('/a', { name: 'again' })),
    'warning spec.http[1].match[0]: virtualService rule #1 match "again" is not used (duplicate/overlapping match in rule #0)',
  ],
  [
    'VS-33',
    rules(prefix('/a'), prefix('/a/b')),
    'warning spec.http[1].match[0]: virtualService rule #1 match #0 of prefix /a/b is not used (duplicate/overlapping match in rule #0 of prefix /a on #0)',
  ],
]);
