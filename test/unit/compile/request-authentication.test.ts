import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keySetName } from '../../../lib/resources/key-set-name.ts';
import { lineOf } from '../../support/line.ts';
import type { TestNode } from '../../support/proxy-facts.ts';

type Json = Readonly<Record<string, unknown>>;

const KEYS = '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}';

const policy = (spec: object, metadata: object = {}): string =>
  JSON.stringify({
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    metadata: { name: 'tokens', namespace: 'default', ...metadata },
    spec,
  });
const keySet = (issuer: string, jwks: string, jwksUri = ''): string =>
  JSON.stringify({
    apiVersion: 'pilotless.dev/v1',
    kind: 'KeySet',
    metadata: { name: keySetName({ issuer, jwksUri }) },
    spec: { issuer, jwksUri, jwks },
  });
const rule = (issuer: string, more: object = {}): object => ({ issuer, jwks: KEYS, ...more });

/** A service with an HTTP and a TCP port, and a router in front of it. */
const MESH = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: own, namespace: default }
spec:
  hosts: [own.example]
  ports: [{ number: 80, name: http, protocol: HTTP }, { number: 90, name: tcp, protocol: TCP }]
  resolution: STATIC
  endpoints: [{ address: 10.0.0.1, labels: { app: own } }]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: front, namespace: default }
spec: { selector: { app: front }, servers: [{ hosts: ['*'], port: { number: 8080, name: http, protocol: HTTP } }] }
---
`;
const WORKLOAD: TestNode = { type: 'sidecar', ips: ['10.0.0.1'], labels: { app: 'own' } };
const ROUTER: TestNode = { type: 'router', ips: ['10.0.0.9'], labels: { app: 'front' } };

const line = (documents: readonly string[], node = WORKLOAD) => lineOf(MESH + documents.join('\n---\n'), node);

/** The filter in every HTTP chain of a proxy that has one, with the listener's direction. */
function filtersOf(documents: readonly string[], node = WORKLOAD): readonly { direction: string; filter: Json }[] {
  return line(documents, node).resources.flatMap(({ type, body }) => {
    if (type !== 'listeners') return [];
    const found: Json[] = [];
    JSON.stringify(body, (_, value: unknown) => {
      if (isFilter(value)) found.push(value['typedConfig'] as Json);
      return value;
    });
    return found.map((filter) => ({ direction: body['trafficDirection'] === 'INBOUND' ? 'INBOUND' : 'other', filter }));
  });
}

const isFilter = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && 'name' in value && value.name === 'envoy.filters.http.jwt_authn';

function filterOf(documents: readonly string[], node = WORKLOAD): Json {
  const [first] = filtersOf(documents, node);
  assert.ok(first, 'no filter');
  return first.filter;
}

const providersOf = (documents: readonly string[], node = WORKLOAD): readonly Json[] =>
  Object.values(filterOf(documents, node)['providers'] as Json) as readonly Json[];
const issuersOf = (documents: readonly string[], node = WORKLOAD): readonly unknown[] =>
  providersOf(documents, node).map(({ issuer }) => issuer);
const keysOf = (documents: readonly string[]): readonly string[] =>
  providersOf(documents).map(({ localJwks }) => (localJwks as { inlineString: string }).inlineString);

test('RA-1, RA-17, ATT-13: rules of all policies, sorted by issuer; of one issuer the own namespace first, then the root', () => {
  const documents = [
    policy({ jwtRules: [rule('b', { audiences: ['root'] })] }, { namespace: 'istio-system' }),
    policy({ jwtRules: [rule('b', { audiences: ['second'] }), rule('a')] }, { name: 'y' }),
    policy({ jwtRules: [rule('c'), rule('b', { audiences: ['first'] })] }, { name: 'x' }),
    policy({ jwtRules: [rule('elsewhere')] }, { namespace: 'other' }),
  ];
  const found = providersOf(documents).map(({ issuer, audiences = [] }) => [issuer, ...(audiences as string[])]);
  assert.deepEqual(found, [['a'], ['b', 'first'], ['b', 'second'], ['b', 'root'], ['c']]);
  assert.deepEqual(
    Object.keys(filterOf(documents)['providers'] as Json),
    [0, 1, 2, 3, 4].map((at) => `origins-${at}`),
  );
});

test('RA-17, ATT-2: a policy applies to the workloads that its selector names, of the root namespace in all namespaces', () => {
  const selecting = (app: string, namespace = 'default'): readonly string[] => [
    policy({ selector: { matchLabels: { app } }, jwtRules: [rule('a')] }, { namespace }),
  ];
  assert.deepEqual(issuersOf(selecting('own')), ['a']);
  assert.deepEqual(issuersOf(selecting('own', 'istio-system')), ['a']);
  assert.deepEqual(filtersOf(selecting('else')), []);
  assert.deepEqual(issuersOf(selecting('front'), ROUTER), ['a']);
});

test('RA-2: without any rule there is no filter', () => {
  assert.deepEqual(filtersOf([]), []);
  assert.deepEqual(filtersOf([policy({}), policy({ jwtRules: [] }, { name: 'x' })]), []);
});

test('RA-3, RA-4, RA-5: all that a rule says is in its provider, and what it does not say is left to Envoy', () => {
  const whole = rule('a', {
    audiences: ['x', 'y'],
    fromHeaders: [{ name: 'x-t', prefix: 'T ' }, { name: 'x-u' }],
    fromParams: ['p'],
    fromCookies: ['c'],
    forwardOriginalToken: true,
    outputPayloadToHeader: 'x-payload',
    outputClaimToHeaders: [
      { header: 'x-b', claim: 'b' },
      { header: 'x-a', claim: 'a' },
    ],
    spaceDelimitedClaims: ['roles', 'scope', 'all'],
  });
  const common = { localJwks: { inlineString: KEYS }, payloadInMetadata: 'payload' };
  assert.deepEqual(providersOf([policy({ jwtRules: [whole] })]), [
    {
      ...common,
      issuer: 'a',
      audiences: ['x', 'y'],
      fromHeaders: [{ name: 'x-t', valuePrefix: 'T ' }, { name: 'x-u' }],
      fromParams: ['p'],
      fromCookies: ['c'],
      forward: true,
      forwardPayloadHeader: 'x-payload',
      claimToHeaders: [
        { headerName: 'x-b', claimName: 'b' },
        { headerName: 'x-a', claimName: 'a' },
      ],
      normalizePayloadInMetadata: { spaceDelimitedClaims: ['all', 'permission', 'roles', 'scope'] },
    },
  ]);
  const normalizePayloadInMetadata = { spaceDelimitedClaims: ['permission', 'scope'] };
  assert.deepEqual(providersOf([policy({ jwtRules: [rule('a')] })]), [
    { ...common, issuer: 'a', normalizePayloadInMetadata },
  ]);
  const empty = policy({ jwtRules: [rule('a', { spaceDelimitedClaims: [] })] });
  assert.deepEqual(providersOf([empty])[0]?.['normalizePayloadInMetadata'], normalizePayloadInMetadata);
});

test('RA-6: the route is chosen anew at gateways alone', () => {
  const documents = [policy({ jwtRules: [rule('a')] })];
  assert.deepEqual(
    [WORKLOAD, ROUTER].map((node) => providersOf(documents, node)[0]?.['clearRouteCache']),
    [undefined, true],
  );
});

const one = (at: number): Json => ({ providerName: `origins-${at}` });
const any = (...requirements: readonly Json[]): Json => ({ requiresAny: { requirements } });
const all = (...requirements: readonly Json[]): Json => ({ requiresAll: { requirements } });
const missing = { allowMissing: {} };

const demanded = (...presences: readonly (string | undefined)[]): unknown => {
  const jwtRules = presences.map((presence, at) => rule(`issuer-${at}`, presence === undefined ? {} : { presence }));
  const { rules } = filterOf([policy({ jwtRules })]);
  return (rules as readonly Json[]).map(({ requires }) => requires)[0];
};

test('RA-7, RA-8: a valid token of any provider, or no token', () => {
  assert.deepEqual(demanded(undefined), any(one(0), missing));
  assert.deepEqual(
    demanded(undefined, 'OPTIONAL'),
    any(one(0), one(1), all(any(one(0), missing), any(one(1), missing))),
  );
});

test('RA-9: a rule with presence REQUIRED is not content without its token', () => {
  assert.deepEqual(demanded('REQUIRED'), one(0));
  assert.deepEqual(demanded('REQUIRED', 'REQUIRED'), all(one(0), one(1)));
  assert.deepEqual(demanded(undefined, 'REQUIRED', undefined), all(one(1), any(one(0), one(2), one(1), missing)));
});

test('RA-10: every path is checked, and CORS preflights pass', () => {
  const { rules, bypassCorsPreflight } = filterOf([policy({ jwtRules: [rule('a')] })]);
  assert.deepEqual(
    [(rules as readonly Json[]).map(({ match }) => match), bypassCorsPreflight],
    [[{ prefix: '/' }], true],
  );
});

test('RA-14, RA-15, FC-2, FC-4: every HTTP chain for the workload has it, none of its own calls and none of TCP', () => {
  const documents = [policy({ jwtRules: [rule('a')] })];
  const found = filtersOf(documents);
  assert.deepEqual([...new Set(found.map(({ direction }) => direction))], ['INBOUND']);
  const { ir } = line(documents);
  for (const { direction, chains } of ir.listeners) {
    for (const { filters } of chains) {
      for (const filter of filters) {
        const types = filter.type === 'http-connection-manager' ? filter.filters.map(({ type }) => type) : [];
        const isHttpInbound = types.length > 0 && direction === 'inbound';
        assert.equal(types.includes('jwt-authn'), isHttpInbound);
        if (isHttpInbound) assert.ok(types.indexOf('jwt-authn') < types.indexOf('grpc-stats'));
      }
    }
  }
});

test('RA-14, FC-6: a router checks tokens before anything but the exchange of metadata', () => {
  const { ir } = line([policy({ jwtRules: [rule('a')] })], { ...ROUTER, profile: 'istio-proxy' });
  const manager = ir.listeners[0]?.chains[0]?.filters[0];
  assert.ok(manager?.type === 'http-connection-manager');
  assert.deepEqual(
    manager.filters.map(({ type }) => type),
    ['istio-metadata-exchange', 'jwt-authn', 'grpc-stats', 'istio-alpn', 'fault', 'cors', 'router'],
  );
});

test('RA-13: keys in the rule win over those of its address', () => {
  const fetched = keySet('a', '{"keys":[{"kty":"oct","k":"b3RoZXI"}]}', 'https://a/keys');
  const at = { issuer: 'a', jwksUri: 'https://a/keys' };
  assert.deepEqual(keysOf([fetched, policy({ jwtRules: [{ ...at, jwks: KEYS }] })]), [KEYS]);
  assert.deepEqual(keysOf([fetched, policy({ jwtRules: [at] })]), ['{"keys":[{"kty":"oct","k":"b3RoZXI"}]}']);
});

test('JWKS-1: keys are those of issuer and address together', () => {
  const [atAddress, byDiscovery] = ['{"keys":[{"kty":"oct","k":"b25l"}]}', '{"keys":[{"kty":"oct","k":"dHdv"}]}'];
  const documents = [keySet('a', atAddress, 'https://a/keys'), keySet('a', byDiscovery)];
  const rules = [{ issuer: 'a', jwksUri: 'https://a/keys' }, { issuer: 'a' }];
  assert.deepEqual(keysOf([...documents, policy({ jwtRules: rules })]), [atAddress, byDiscovery]);
});

test('JWKS-4, JWKS-7: where no key can be used, no token is valid, the others stay, and the author is told', () => {
  const jwtRules = [
    rule('a'),
    rule('b', { jwks: '{"keys":[]}' }),
    { issuer: 'c' },
    { issuer: 'd', jwksUri: 'https://d/keys' },
  ];
  const documents = [
    policy({ jwtRules }),
    keySet('d', '{"keys":[{"kty":"RSA","n":"AA","e":"AQAB"}]}', 'https://d/keys'),
  ];
  const [usable, ...others] = keysOf(documents);
  assert.equal(usable, KEYS);
  const [nobodys] = others;
  assert.deepEqual(others, [nobodys, nobodys, nobodys]);
  const { keys } = JSON.parse(nobodys ?? '') as { readonly keys: readonly Json[] };
  assert.deepEqual(
    keys.map(({ kty, e }) => [kty, e]),
    [['RSA', 'AQAB']],
  );
  const said = line(documents).issues.filter(({ code }) => code === 'KEYS_MISSING');
  assert.deepEqual(
    said.map(({ resource, path, message }) => `${resource} ${path}: ${message.replace(/keys-[0-9a-f]+/, 'keys-…')}`),
    [
      'RequestAuthentication/default/tokens spec.jwtRules[1]: jwks has no key that a proxy can check a signature with, so that all tokens of this rule are refused',
      'RequestAuthentication/default/tokens spec.jwtRules[2]: there are no keys of issuer c yet; the condition KeysFetched says why, so that all tokens of this rule are refused',
      'RequestAuthentication/default/tokens spec.jwtRules[3]: the KeySet keys-… has no key that a proxy can check a signature with, so that all tokens of this rule are refused',
    ],
  );
});

test('VAL-16: private parts of keys reach no proxy', () => {
  const marker = 'cHJpdmF0ZS1tYXJrZXI';
  const jwks = JSON.stringify({
    keys: [
      { kty: 'RSA', n: 'AA', e: 'AQAB', d: marker },
      { kty: 'oct', k: 'c2VjcmV0' },
    ],
  });
  assert.ok(!JSON.stringify(line([policy({ jwtRules: [rule('a', { jwks })] })]).resources).includes(marker));
});
