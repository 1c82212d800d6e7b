import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compile } from '../../../lib/compile/compile.ts';
import { buildProxyView } from '../../../lib/view/build-proxy-view.ts';
import { viewFacts } from '../../../lib/view/view-facts.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import type { Resource } from '../../../lib/resources/resource.ts';
import { resourcesOf, unadmittedResourcesOf } from '../../support/documents.ts';
import { proxyFacts, type TestNode } from '../../support/proxy-facts.ts';
import { summary } from '../../support/proxy-view.ts';
import { testAuthority } from '../../support/test-certificates.ts';
import { document, pairSecret, secretOf } from '../../support/tls-secrets.ts';

const authority = testAuthority('roots');
const pair = authority.issue('a.example');
const roots = { 'ca.crt': authority.certificate };

/** A Gateway for every router with one HTTPS server, whose TLS block is given. */
function gateway(tls: object, { namespace = 'default', annotations = {} } = {}): string {
  const server = { port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: ['a.example'], tls };
  return document({
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'gw', namespace, annotations },
    spec: { servers: [server] },
  });
}

interface Given {
  readonly secrets: readonly string[];
  readonly withheld: readonly string[];
  readonly issues: readonly string[];
}

/** What a router is given of secrets: the name and the part of each, what it is not given, and what is said of it. */
function given(yaml: string, changes: Partial<TestNode> = {}): Given {
  return givenOf(unadmittedResourcesOf(yaml), changes);
}

function givenOf(resources: readonly Resource[], changes: Partial<TestNode>): Given {
  const world = buildWorld(resources).value;
  const facts = proxyFacts({ type: 'router', ...changes });
  const view = buildProxyView(world, viewFacts(world, facts)).value;
  const { value, issues } = compile(view);
  return {
    secrets: value.secrets.map(({ name, part, source }) => `${part} ${name} of ${source}`),
    withheld: value.withheldSecrets,
    issues: issues.filter(({ code }) => code.startsWith('SECRET_')).map(summary),
  };
}

const grant = (serviceAccounts: readonly string[], namespace = 'default'): string =>
  document({
    apiVersion: 'pilotless.dev/v1',
    kind: 'SecretGrant',
    metadata: { name: 'grant', namespace },
    spec: { serviceAccounts },
  });

const SIMPLE = gateway({ mode: 'SIMPLE', credentialName: 'c' });
const MUTUAL = gateway({ mode: 'MUTUAL', credentialName: 'c' });
const OF_C = 'pair kubernetes://c of Secret/default/c';

test('SDS-11, TC-11: two certificates of one server, with the roots of the first', () => {
  const both = gateway({ mode: 'MUTUAL', credentialNames: ['b', 'a'] });
  const { secrets, issues } = given(both + pairSecret('a', pair) + pairSecret('b', pair) + secretOf('b-cacert', roots));
  assert.deepEqual(secrets, [
    'pair kubernetes://a of Secret/default/a',
    'pair kubernetes://b of Secret/default/b',
    'trust kubernetes://b-cacert of Secret/default/b-cacert',
  ]);
  assert.deepEqual(issues, []);
});

describe('SDS-7: roots', () => {
  test('in a secret of their own', () => {
    const { secrets } = given(MUTUAL + pairSecret('c', pair) + secretOf('c-cacert', roots));
    assert.deepEqual(secrets, [OF_C, 'trust kubernetes://c-cacert of Secret/default/c-cacert']);
  });
  test('in that of the certificate', () => {
    const whole = secretOf('c', { 'tls.crt': pair.certificate, 'tls.key': pair.key, ...roots });
    assert.deepEqual(given(MUTUAL + whole).secrets, [OF_C, 'trust kubernetes://c-cacert of Secret/default/c']);
  });
  test('SDS-11: of another name', () => {
    const other = gateway({ mode: 'MUTUAL', credentialName: 'c', caCertCredentialName: 'r' });
    const { secrets } = given(other + pairSecret('c', pair) + secretOf('r', roots));
    assert.deepEqual(secrets, [OF_C, 'trust kubernetes://r of Secret/default/r']);
  });
  test('SDS-4: in a ConfigMap of whatever namespace', () => {
    const other = gateway({ mode: 'MUTUAL', credentialName: 'c', caCertCredentialName: 'configmap://far/r' });
    const configMap = document({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'r', namespace: 'far' },
      data: roots,
    });
    const { secrets } = given(other + pairSecret('c', pair) + configMap);
    assert.deepEqual(secrets, ['trust configmap://far/r of ConfigMap/far/r', OF_C]);
  });
});

describe('SDS-5: what is left out, and said of the Gateway', () => {
  const asked = 'kubernetes://c';
  const cases: readonly [string, string, string][] = [
    ['a secret that is not there', '', 'SECRET_NOT_FOUND'],
    ['one of another namespace', pairSecret('c', pair, 'other'), 'SECRET_NOT_FOUND'],
    ['one without a key', secretOf('c', { 'tls.crt': pair.certificate }), 'SECRET_UNUSABLE'],
  ];
  for (const [name, yaml, code] of cases) {
    test(name, () => {
      const { secrets, withheld, issues } = given(SIMPLE + yaml);
      assert.deepEqual([secrets, withheld], [[], [asked]]);
      assert.deepEqual(issues, [`${code} Gateway/default/gw spec.servers[0].tls`]);
    });
  }
  test('a name that is none', () => {
    const { withheld, issues } = given(gateway({ mode: 'SIMPLE', credentialName: 'vault://c' }));
    assert.deepEqual(
      [withheld, issues],
      [['vault://c'], ['SECRET_NAME_MALFORMED Gateway/default/gw spec.servers[0].tls']],
    );
  });
  test('TC-7: what the machine of the proxy has is nobody’s mistake', () => {
    const { withheld, issues } = given(gateway({ mode: 'SIMPLE', credentialName: 'builtin://' }));
    assert.deepEqual([withheld, issues], [['default'], []]);
  });
});

describe('TC-5, SDS-4: who may have a secret', () => {
  const here = SIMPLE + pairSecret('c', pair);
  test('without a grant every proxy of the namespace', () => {
    assert.deepEqual(given(here, { serviceAccount: 'any' }).secrets, [OF_C]);
  });
  test('with one those that run as an account that it names', () => {
    assert.deepEqual(given(here + grant(['edge']), { serviceAccount: 'edge' }).secrets, [OF_C]);
    const { secrets, withheld, issues } = given(here + grant(['edge']), { serviceAccount: 'other' });
    assert.deepEqual([secrets, withheld], [[], ['kubernetes://c']]);
    assert.deepEqual(issues, ['SECRET_NOT_ALLOWED Gateway/default/gw spec.servers[0].tls']);
  });
  test('a grant says nothing about roots, which are public', () => {
    const { secrets } = given(MUTUAL + pairSecret('c', pair) + secretOf('c-cacert', roots) + grant([]));
    assert.deepEqual(secrets, ['trust kubernetes://c-cacert of Secret/default/c-cacert']);
  });
  test('a grant of another namespace says nothing here', () => {
    assert.deepEqual(given(here + grant([], 'other')).secrets, [OF_C]);
  });
  test('IDN-4: a proxy of another namespace gets nothing, by whichever name it is asked for', () => {
    for (const name of ['c', 'kubernetes://default/c', 'kubernetes-gateway://default/c']) {
      const asking = gateway({ mode: 'SIMPLE', credentialName: name }, { namespace: 'far' });
      const { secrets, issues } = given(asking + pairSecret('c', pair), { namespace: 'far' });
      assert.deepEqual([secrets, issues.length], [[], 1], name);
    }
  });
});

describe('GW-16: secrets that a Gateway may name', () => {
  const tls = { mode: 'MUTUAL', credentialName: 'kubernetes-gateway://default/c' };
  const secret = pairSecret('c', pair) + secretOf('c-cacert', roots);
  const both = [
    'pair kubernetes-gateway://default/c of Secret/default/c',
    'trust kubernetes-gateway://default/c-cacert of Secret/default/c-cacert',
  ];
  test('those of its own namespace, for routers there', () => {
    assert.deepEqual(given(gateway(tls) + secret).secrets, both);
    assert.deepEqual(given(gateway(tls) + secret, { namespace: 'far' }).secrets, []);
  });
  test('a Gateway of another namespace may not', () => {
    assert.deepEqual(given(gateway(tls, { namespace: 'far' }) + secret).secrets, []);
  });
  test('GA-24: those that a ReferenceGrant lets a Gateway of the Gateway API name', () => {
    const made = document({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'edge', namespace: 'far' },
      spec: {
        gatewayClassName: 'istio',
        listeners: [
          {
            name: 'https',
            port: 443,
            protocol: 'HTTPS',
            tls: { mode: 'Terminate', certificateRefs: [{ name: 'c', namespace: 'default' }] },
          },
        ],
      },
    });
    const granted = document({
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name: 'to-far', namespace: 'default' },
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'far' }],
        to: [{ group: '', kind: 'Secret' }],
      },
    });
    const labels = { 'gateway.networking.k8s.io/gateway-name': 'edge' };
    const secretsOf = (yaml: string, namespace: string): readonly string[] =>
      givenOf(resourcesOf(yaml), { namespace, labels }).secrets;
    assert.deepEqual(secretsOf(made + granted + secret, 'far'), [both[0]]);
    assert.deepEqual(secretsOf(made + secret, 'far'), []);
    assert.deepEqual(secretsOf(made + granted + secret, 'other'), []);
  });
  test('for the account that it is written for', () => {
    const annotations = { 'internal.istio.io/service-account-name': 'edge' };
    const written = gateway(tls, { annotations }) + secret;
    assert.deepEqual(given(written, { serviceAccount: 'edge' }).secrets, both);
    assert.deepEqual(given(written, { serviceAccount: 'other' }).secrets, []);
  });
});

test('MTLS-15: a router gets what a rule for clients names', () => {
  const entry = document({
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'out' },
    spec: {
      hosts: ['out.example'],
      ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
      resolution: 'STATIC',
      endpoints: [{ address: '10.0.0.1' }],
    },
  });
  const rule = document({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'out' },
    spec: { host: 'out.example', trafficPolicy: { tls: { mode: 'MUTUAL', credentialName: 'c' } } },
  });
  const whole = secretOf('c', { 'tls.crt': pair.certificate, 'tls.key': pair.key, ...roots });
  assert.deepEqual(given(entry + rule + whole).secrets, [OF_C, 'trust kubernetes://c-cacert of Secret/default/c']);
  assert.deepEqual(given(entry + rule).issues, ['SECRET_NOT_FOUND DestinationRule/default/out']);
});
