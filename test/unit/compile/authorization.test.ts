import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { authorizationFilters, type PlacedFilters } from '../../../lib/compile/authorization.ts';
import { httpFilters } from '../../../lib/compile/http-filter-order.ts';
import type { AccessFilterIr } from '../../../lib/ir/access.ts';
import { policiesOf } from '../../support/access-sketch.ts';
import { lineOf } from '../../support/line.ts';

const authorizerService = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ext, namespace: shop }
spec: { hosts: [ext.test], resolution: STATIC, ports: [{ number: 90, name: grpc, protocol: GRPC }], endpoints: [{ address: 10.0.0.9 }] }
`;

const mesh = (providers: string, more = ''): string => `
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: { ${more} extensionProviders: [${providers}] } }
`;

const GRPC = '{ name: by-grpc, envoyExtAuthzGrpc: { service: ext.test, port: 90 } }';
const HTTP = '{ name: by-http, envoyExtAuthzHttp: { service: shop/ext.test, port: 90 } }';

let count = 0;
const policy = (spec: string, metadata = ''): string => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: p${count++}, namespace: shop, ${metadata} }
spec: { ${spec} }
`;

const DRY = "annotations: { istio.io/dry-run: 'true' }";

/** The filters of a sidecar in namespace shop, and what is said about its policies. */
function built(...documents: readonly string[]) {
  count = 0;
  const { view, issues } = lineOf(documents.join('---'), { type: 'sidecar', namespace: 'shop' });
  return { ...authorizationFilters(view.authorization), view, issues };
}

const accessOf = ({ asking, deciding }: PlacedFilters): readonly AccessFilterIr[] =>
  [...asking, ...deciding].filter((filter) => filter.type === 'access');

/** What the only rule of a policy came to for requests. */
function request(rule: string, action = 'DENY'): string {
  const { http } = built(policy(`action: ${action}, rules: [${rule}]`));
  return policiesOf(accessOf(http)[0]?.rules).join().replace('[p0]-rule[0]: ', '');
}

/** The same for connections; `undefined` where no rule is left. */
function connection(rule: string, action: string): string | undefined {
  const { tcp } = built(policy(`action: ${action}, rules: [${rule}]`));
  return policiesOf(accessOf(tcp)[0]?.rules)[0]?.replace('[p0]-rule[0]: ', '');
}

const from = (source: string): string => request(`{ from: [{ source: { ${source} } }] }`).replace(' -> any', '');
const to = (operation: string): string => request(`{ to: [{ operation: { ${operation} } }] }`).replace('any -> ', '');
const when = (key: string, values: string): string => request(`{ when: [{ key: '${key}', ${values} }] }`);

describe('filters', () => {
  test('AZ-3: without a policy there is no filter', () => {
    const { http, tcp } = built(policy('selector: { matchLabels: { app: nobody } }, rules: [{}]'));
    assert.deepEqual([...http.asking, ...http.deciding, ...tcp.asking, ...tcp.deciding], []);
  });

  test('AZ-1, AZ-7, AZ-8: ALLOW where nothing is said; audit, deny and allow in this order, one filter each', () => {
    const { http } = built(
      policy('rules: [{}]'),
      policy('action: DENY, rules: [{}]'),
      policy('action: AUDIT, rules: [{}]'),
      policy('action: ALLOW, rules: [{}]'),
    );
    assert.deepEqual(
      accessOf(http).map(({ rules }) => [rules?.action, rules?.policies.map(({ name }) => name)]),
      [
        ['log', ['ns[shop]-policy[p2]-rule[0]']],
        ['deny', ['ns[shop]-policy[p1]-rule[0]']],
        ['allow', ['ns[shop]-policy[p0]-rule[0]', 'ns[shop]-policy[p3]-rule[0]']], // AZ-7
      ],
    );
  });

  test('AZ-4, AZ-5: no rules match nothing, an empty rule matches everything', () => {
    assert.deepEqual(policiesOf(accessOf(built(policy('action: ALLOW')).http)[0]?.rules), [
      '[p0]-rule[0]: !any -> !any',
    ]);
    assert.equal(request('{}', 'ALLOW'), 'any -> any');
  });

  test('AZ-9, AZ-10: what is tried out stands beside what is carried out; alone it decides nothing', () => {
    const both = accessOf(built(policy('action: DENY, rules: [{}]'), policy('action: DENY, rules: [{}]', DRY)).http)[0];
    assert.deepEqual([both?.rules?.policies.length, both?.trial?.policies.length], [1, 1]);
    assert.equal(both?.trialPrefix, 'istio_dry_run_deny_');
    const alone = accessOf(built(policy('rules: [{}]', DRY)).http)[0];
    assert.deepEqual([alone?.rules, alone?.trial?.policies.length], [undefined, 1]);
    assert.equal(alone?.trialPrefix, 'istio_dry_run_allow_');
  });

  test('AZ-35: calls of the own workload meet no filter of them', () => {
    const { http } = built(policy('action: DENY, rules: [{}]'));
    const needs = { profile: 'envoy', servesGrpcWeb: false, dnsCaches: [], authentication: [], ...http } as const;
    const typesOf = (listenerClass: 'sidecar-inbound' | 'sidecar-outbound' | 'gateway') =>
      httpFilters({ ...needs, listenerClass }).map(({ type }) => type);
    assert.ok(!typesOf('sidecar-outbound').includes('access'));
    assert.deepEqual(typesOf('sidecar-inbound'), ['access', 'grpc-stats', 'fault', 'cors', 'router']);
    assert.deepEqual(typesOf('gateway'), ['access', 'grpc-stats', 'fault', 'cors', 'router']);
  });
});

describe('who asks', () => {
  test('AZ-12, AZ-13: sources are alternatives, members of one hold together, values are alternatives, in this order', () => {
    const rule = `{ from: [
      { source: { ipBlocks: [10.0.0.1], principals: [a, b], notPrincipals: [c], namespaces: [n] } },
      { source: { serviceAccounts: [s] } } ], when: [{ key: source.ip, values: [10.0.0.2] }] }`;
    const [first = '', second = ''] = request(rule).replace(' -> any', '').split(' || ');
    assert.equal(
      first,
      '(identity exact spiffe://a | identity exact spiffe://b) & !(identity exact spiffe://c) & ' +
        '(identity regex .*/ns/n/.*) & (connection-address 10.0.0.1/32) & (connection-address 10.0.0.2/32)',
    );
    assert.equal(second, '(identity regex spiffe://.+/ns/shop/(.+/|)sa/s(/.+)?) & (connection-address 10.0.0.2/32)');
  });

  test('AZ-14: a condition alone is a principal or a permission of its own', () => {
    assert.equal(when('source.ip', 'values: [10.0.0.0/8]'), '(connection-address 10.0.0.0/8) -> any');
    assert.equal(when('destination.port', "values: ['80']"), 'any -> (port 80)');
  });

  test('AZ-16: principals', () => {
    assert.equal(from("principals: ['*']"), '(identity regex .+)');
    assert.equal(from("principals: ['*a.b']"), '(identity regex spiffe://.*a\\.b)');
    assert.equal(from("principals: ['a*']"), '(identity prefix spiffe://a)');
  });

  test('AZ-17, AZ-18, AZ-19, AZ-20: namespaces, accounts, trust domains and addresses', () => {
    assert.equal(from("namespaces: ['a.b*c']"), '(identity regex .*/ns/a\\.b.*c/.*)');
    assert.equal(from('serviceAccounts: [o.p/q]'), '(identity regex spiffe://.+/ns/o\\.p/(.+/|)sa/q(/.+)?)');
    assert.equal(from("trustDomains: ['*', a.b]"), '(identity prefix spiffe:// | identity prefix spiffe://a.b/)');
    assert.equal(from("trustDomains: ['*.b']"), '(identity regex spiffe://[^/]*\\.b/.*)');
    assert.equal(from("ipBlocks: ['::1']"), '(connection-address ::1/128)');
    assert.equal(from('notRemoteIpBlocks: [192.0.2.0/24]'), '!(client-address 192.0.2.0/24)');
  });

  test('AZ-21: the last slash parts issuer and subject', () => {
    const parts = (value: string): string =>
      from(`requestPrincipals: ['${value}']`).replace(/\{type:text,match:\{type:(\w+),value:(.*?)\}\}/g, '$1 $2');
    assert.equal(parts('*'), 'payload.iss regex .+ & payload.sub regex .+');
    assert.equal(parts('*/s'), 'payload.iss regex .+ & payload.sub exact s');
    assert.equal(parts('*x/s'), 'payload.iss suffix x & payload.sub exact s');
    assert.equal(parts('https://i/*'), 'payload.iss exact https://i & payload.sub regex .+');
    assert.equal(parts('https://i/p*'), 'payload.iss exact https://i & payload.sub prefix p');
    assert.equal(parts('*x'), 'payload.iss regex .+ & payload.sub suffix x');
    assert.equal(parts('x*'), 'payload.iss prefix x & payload.sub regex .+');
    assert.equal(parts('x'), 'payload.iss exact x & payload.sub exact ');
  });

  test('AZ-22: claims are texts or lists; a claim within a claim; brackets in another way are a name', () => {
    const text = '{type:text,match:{type:exact,value:v}}';
    const either = `{type:any,of:[{type:list,holds:${text}},${text}]}`;
    assert.equal(when('request.auth.claims[a][b]', 'values: [v]'), `payload.a.b ${either} -> any`);
    assert.equal(when('request.auth.claims[a[b]c]', 'values: [v]'), `payload.a[b]c ${either} -> any`);
    assert.equal(when('request.auth.audiences', 'values: [v]'), `payload.aud ${either} -> any`);
    assert.equal(when('request.auth.presenter', 'notValues: [v]'), `!payload.azp ${either} -> any`);
    assert.match(when('request.auth.audiences', 'values: [v, w]'), /holds:\{type:any,of:\[.*v.*w/);
  });

  test('AZ-23, AZ-29: headers; other keys say what members of a source say', () => {
    assert.equal(when('request.headers[X-A]', "values: ['*', v]"), '(X-A there | X-A exact v) -> any');
    assert.equal(when('source.principal', 'values: [a]'), `${from('principals: [a]')} -> any`);
    assert.equal(when('source.namespace', 'values: [a]'), `${from('namespaces: [a]')} -> any`);
    assert.equal(when('source.serviceAccount', 'values: [a]'), `${from('serviceAccounts: [a]')} -> any`);
    assert.equal(when('source.trustDomain', 'values: [a]'), `${from('trustDomains: [a]')} -> any`);
    assert.equal(when('remote.ip', 'values: [10.0.0.1]'), `${from('remoteIpBlocks: [10.0.0.1]')} -> any`);
  });
});

describe('what is asked for', () => {
  test('AZ-15, AZ-24, AZ-25, AZ-26, AZ-27: hosts without regard to case, methods, paths, ports, names', () => {
    assert.equal(
      to("hosts: [A.b, '*.c', 'd*', '*']"),
      '(:authority~ exact A.b | :authority~ suffix .c | :authority~ prefix d | :authority~ there)',
    );
    assert.equal(to("methods: [GET, 'P*']"), '(:method exact GET | :method prefix P)');
    assert.equal(
      to("paths: [/a, '/b*', '*c', '*']"),
      '(path exact /a | path prefix /b | path suffix c | path regex .+)',
    );
    assert.equal(to("paths: ['/a/{*}/{**}']"), '(template /a/*/**)');
    assert.equal(to("notPorts: ['0', '65535']"), '!(port 0 | port 65535)');
    assert.equal(when('destination.ip', 'values: [10.0.0.0/8]'), 'any -> (destination-address 10.0.0.0/8)');
    assert.equal(when('connection.sni', "values: ['*.a']"), 'any -> (server-name suffix .a)');
  });

  test('AZ-28: what other filters noted', () => {
    assert.equal(
      when('experimental.envoy.filters.a.b[c]', "values: ['[v]']"),
      'any -> c {type:list,holds:{type:text,match:{type:exact,value:v}}}',
    );
  });
});

describe('connections', () => {
  const mixed = "{ to: [{ operation: { paths: [/a], ports: ['90'] } }] }";

  test('AZ-31: a rule that lets in goes as a whole, and with the last one nothing is let in', () => {
    assert.equal(connection(mixed, 'ALLOW'), undefined);
    const [filter] = accessOf(built(policy(`rules: [${mixed}]`)).tcp);
    assert.deepEqual(filter?.rules, { action: 'allow', policies: [] });
    assert.equal(connection("{ to: [{ operation: { ports: ['90'] } }] }", 'ALLOW'), 'any -> (port 90)');
  });

  test('AZ-32: a rule that shuts out or audits goes on without what only HTTP has', () => {
    for (const action of ['DENY', 'AUDIT']) {
      assert.equal(connection(mixed, action), 'any -> (port 90)');
      assert.equal(connection('{ to: [{ operation: { paths: [/a] } }] }', action), 'any -> any');
    }
  });

  test('AZ-34: what only HTTP has; addresses and certificates are of connections', () => {
    const only = ['hosts: [a]', 'methods: [GET]', 'paths: [/a]'].map((each) => `{ to: [{ operation: { ${each} } }] }`);
    const keys = ['request.headers[a]', 'request.auth.claims[a]', 'request.auth.audiences', 'request.auth.principal'];
    const sources = ['{ from: [{ source: { requestPrincipals: [a] } }] }'];
    const conditions = keys.map((key) => `{ when: [{ key: '${key}', values: [a] }] }`);
    for (const rule of [...only, ...sources, ...conditions]) assert.equal(connection(rule, 'ALLOW'), undefined, rule);
    assert.ok(connection('{ from: [{ source: { remoteIpBlocks: [10.0.0.1], principals: [a] } }] }', 'ALLOW'));
  });
});

describe('external authorizers', () => {
  const custom = (provider: string, rule = '{}'): string =>
    policy(`action: CUSTOM, provider: { name: ${provider} }, rules: [${rule}]`);
  const typesOf = ({ asking }: PlacedFilters): readonly string[] => asking.map(({ type }) => type);

  test('XAZ-1, XAZ-2: a trial notes who is asked about, and the authorizer is asked about those', () => {
    const { http } = built(authorizerService, mesh(GRPC), custom('by-grpc'));
    const [trial, asked] = http.asking;
    assert.ok(trial?.type === 'access' && asked?.type === 'authorizer');
    assert.equal(trial.rules, undefined);
    assert.deepEqual(
      trial.trial?.policies.map(({ name }) => name),
      ['istio-ext-authz-by-grpc-ns[shop]-policy[p0]-rule[0]'],
    );
    assert.equal(trial.trialPrefix, 'istio_ext_authz_');
    assert.deepEqual([asked.onlyFor, asked.cluster], ['istio-ext-authz-by-grpc', 'outbound|90||ext.test']);
    assert.equal(asked.timeout, 600_000); // XAZ-9
  });

  test('XAZ-3: several authorizers of one workload let nobody in', () => {
    const { http, issues } = built(authorizerService, mesh(`${GRPC}, ${HTTP}`), custom('by-http'), custom('by-grpc'));
    assert.deepEqual(
      accessOf(http).map(({ rules }) => [rules?.action, rules?.policies.map(({ name }) => name)]),
      [
        ['deny', ['istio-ext-authz-by-grpc-ns[shop]-policy[p1]-rule[0]-deny-due-to-bad-CUSTOM-action']],
        ['deny', ['istio-ext-authz-by-http-ns[shop]-policy[p0]-rule[0]-deny-due-to-bad-CUSTOM-action']],
      ],
    );
    assert.equal(issues.filter(({ code }) => code === 'AUTHORIZER_CONFLICT').length, 2);
  });

  test('XAZ-4, XAZ-8: who is not described, or not to be found, lets nobody in, and the policy says so', () => {
    const second = authorizerService.replace('namespace: shop', 'namespace: other');
    const bare = '{ name: by-grpc, envoyExtAuthzGrpc: { service: ext.test, port: 90 } }';
    const hidden = authorizerService
      .replace('namespace: shop', 'namespace: other')
      .replace('hosts:', "exportTo: ['.'], hosts:");
    for (const [documents, said] of [
      [[mesh('')], 'no extensionProvider is called by-grpc'],
      [[mesh(GRPC)], 'no service ext.test is there'],
      [[mesh(bare), authorizerService, second], 'several namespaces have a service ext.test'],
      [[mesh(GRPC), hidden], 'not exported to namespace shop'],
      [[mesh(GRPC.replace('90', '91')), authorizerService], 'has no port 91'],
      [[mesh(`${GRPC}, ${GRPC}`), authorizerService], 'several extensionProviders have its name'],
    ] as const) {
      const { http, tcp, issues } = built(...documents, custom('by-grpc'));
      for (const placed of [http, tcp]) {
        assert.deepEqual(typesOf(placed), ['access']);
        assert.deepEqual(
          policiesOf(accessOf(placed)[0]?.rules).map((text) => text.replace(/^.*: /, '')),
          ['any -> any'],
        );
      }
      const issue = issues.find(({ code }) => code === 'AUTHORIZER_UNUSABLE');
      assert.equal(issue?.resource, 'AuthorizationPolicy/shop/p0');
      assert.ok(issue.message.includes(said), issue.message);
    }
  });

  test('XAZ-6: of connections only those who are asked by gRPC are asked', () => {
    const setting = [authorizerService, mesh(`${GRPC}, ${HTTP}`)];
    assert.deepEqual(typesOf(built(...setting, custom('by-grpc')).tcp), ['access', 'authorizer']);
    assert.deepEqual(typesOf(built(...setting, custom('by-http')).tcp), []);
    assert.deepEqual(typesOf(built(...setting, custom('by-http')).http), ['access', 'authorizer']);
  });

  test('XAZ-14: what only HTTP has is left out for connections', () => {
    const { tcp } = built(authorizerService, mesh(GRPC), custom('by-grpc', '{ to: [{ operation: { paths: [/a] } }] }'));
    const [trial] = accessOf(tcp);
    assert.match(policiesOf(trial?.trial)[0] ?? '', /any -> any$/);
  });

  test('XAZ-10, XAZ-11, XAZ-12: headers, the body and the way to fail', () => {
    const provider = `{ name: by-http, envoyExtAuthzHttp: { service: ext.test, port: 90, failOpen: true, pathPrefix: /check,
      includeHeadersInCheck: [old], includeRequestHeadersInCheck: ['x-*', '*-y', z], statusOnError: '503',
      includeAdditionalHeadersInCheck: { b: '2', a: '1' }, includeRequestBodyInCheck: { maxRequestBytes: 9, packAsBytes: true } } }`;
    const [, asked] = built(authorizerService, mesh(provider), custom('by-http')).http.asking;
    assert.ok(asked?.type === 'authorizer' && asked.asked.by === 'http');
    assert.deepEqual(
      asked.asked.shownHeaders.map(({ type, value }) => `${type} ${value}`),
      ['prefix x-', 'suffix -y', 'exact z'],
    );
    assert.deepEqual(asked.asked.addedHeaders, [
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ]);
    assert.deepEqual(
      [asked.failsOpen, asked.statusOnError, asked.body?.maxBytes, asked.body?.allowsPart],
      [true, 503, 9, false],
    );
  });

  test('an authorizer that the Sidecar does not import is in sight of the proxies that ask it, and of no others', () => {
    const nothing = `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: s, namespace: shop }
spec: { egress: [{ hosts: ['~/*'] }] }
`;
    const setting = [authorizerService.replace('namespace: shop', 'namespace: security'), mesh(GRPC), nothing];
    const hosts = (...documents: readonly string[]) =>
      built(...setting, ...documents).view.services.map(({ service }) => service.hostname);
    assert.deepEqual(hosts(custom('by-grpc')), ['ext.test']);
    assert.deepEqual(hosts(), []);
  });
});
