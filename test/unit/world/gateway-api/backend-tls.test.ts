import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBackendTls, type BackendTlsLookup } from '../../../../lib/world/gateway-api/backend-tls.ts';
import type { Resource } from '../../../../lib/resources/resource.ts';

type Policy = Resource<'BackendTLSPolicy'>;

const lookup: BackendTlsLookup = {
  target: (kind, _namespace, name) =>
    name === 'missing'
      ? undefined
      : kind === 'Service'
        ? { hosts: [`${name}.shop.svc.cluster.local`], ports: [{ name: 'https', number: 443 }] }
        : { hosts: ['a.example.com', 'b.example.com'], ports: [] },
  trustProblem: (_namespace, name) => (name === 'good' ? undefined : `configmap shop/${name} not found`),
};

function policyOf(name: string, spec: Policy['spec'], metadata: Partial<Policy['metadata']> = {}): Policy {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'BackendTLSPolicy',
    metadata: { name, namespace: 'shop', ...metadata },
    spec: {
      targetRefs: [{ group: '', kind: 'Service', name: 'pay' }],
      validation: { wellKnownCACertificates: 'System', hostname: 'pay.example.com' },
      ...spec,
    },
  };
}

const policiesOf = (...policies: readonly Policy[]) =>
  makeBackendTls(policies, lookup).documents.map(({ spec }) => [spec.host, spec.trafficPolicy]);

/** What is said of each policy's first target: `Accepted True Accepted: …`. */
const saidOf = (...policies: readonly Policy[]) =>
  makeBackendTls(policies, lookup).statements.map(({ ancestors }) =>
    (ancestors?.[0]?.conditions ?? []).map(({ type, status, reason }) => `${type} ${status} ${reason}`),
  );

const system = { mode: 'SIMPLE', sni: 'pay.example.com', subjectAltNames: ['pay.example.com'] };
const VALID = ['Accepted True Accepted', 'ResolvedRefs True ResolvedRefs'];
const trusting = (name: string, kind = 'ConfigMap') => ({
  validation: { caCertificateRefs: [{ group: '', kind, name }], hostname: 'pay.example.com' },
});

test('GA-25: a policy has TLS spoken to its service, whose certificate must carry the name', () => {
  assert.deepEqual(policiesOf(policyOf('p', {})), [['pay.shop.svc.cluster.local', { tls: system }]]);
  const subjectAltNames = [
    { type: 'Hostname' as const, hostname: 'x.example.com' },
    { type: 'URI' as const, uri: 'spiffe://a/b' },
  ];
  const named = policyOf('p', {
    validation: { wellKnownCACertificates: 'System', hostname: 'h.com', subjectAltNames },
  });
  assert.deepEqual(policiesOf(named)[0]?.[1], {
    tls: { mode: 'SIMPLE', sni: 'h.com', subjectAltNames: ['x.example.com', 'spiffe://a/b'] },
  });
  assert.deepEqual(saidOf(policyOf('p', {})), [VALID]);
});

test('GA-25: authorities come from a ConfigMap; where they cannot be had nothing is sent', () => {
  const tlsOf = (spec: Policy['spec']) => {
    const trafficPolicy = makeBackendTls([policyOf('p', spec)], lookup).documents[0]?.spec.trafficPolicy;
    return trafficPolicy?.tls?.credentialName;
  };
  assert.equal(tlsOf(trusting('good')), 'configmap://shop/good');
  assert.equal(tlsOf(trusting('none')), 'invalid://');
  assert.deepEqual(saidOf(policyOf('p', trusting('none'))), [
    ['Accepted False NoValidCACertificate', 'ResolvedRefs False InvalidCACertificateRef'],
  ]);
  assert.deepEqual(saidOf(policyOf('p', trusting('good', 'Secret'))), [
    ['Accepted False NoValidCACertificate', 'ResolvedRefs False InvalidKind'],
  ]);
});

test('GA-25: the oldest policy of a service wins, the others are told so', () => {
  const policies = [
    policyOf('young', {}, { creationTimestamp: '2026-02-02T00:00:00Z' }),
    policyOf(
      'old',
      { validation: { wellKnownCACertificates: 'System', hostname: 'old.com' } },
      {
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
    ),
  ];
  assert.deepEqual(policiesOf(...policies), [
    ['pay.shop.svc.cluster.local', { tls: { mode: 'SIMPLE', sni: 'old.com', subjectAltNames: ['old.com'] } }],
  ]);
  assert.deepEqual(saidOf(...policies), [['Accepted False Conflicted', 'ResolvedRefs True ResolvedRefs'], VALID]);
});

test('GA-25: a policy for a port beats one for the service, and hosts of a ServiceEntry have one rule each', () => {
  const target = { group: '', kind: 'Service', name: 'pay', sectionName: 'https' };
  const ofPort = policyOf('port', { targetRefs: [target] });
  assert.deepEqual(policiesOf(policyOf('all', {}), ofPort), [
    ['pay.shop.svc.cluster.local', { tls: system, portLevelSettings: [{ port: { number: 443 }, tls: system }] }],
  ]);
  const entry = { group: 'networking.istio.io', kind: 'ServiceEntry', name: 'outside' };
  assert.deepEqual(
    policiesOf(policyOf('p', { targetRefs: [entry] })).map(([host]) => host),
    ['a.example.com', 'b.example.com'],
  );
});

test('GA-25: a target that is not there is told, an ignored policy does nothing', () => {
  const missing = policyOf('p', { targetRefs: [{ group: '', kind: 'Service', name: 'missing' }] });
  assert.deepEqual(policiesOf(missing), []);
  assert.deepEqual(saidOf(missing), [['Accepted False TargetNotFound', 'ResolvedRefs True ResolvedRefs']]);
  const annotations = { 'istio.io/ignore-policy-attachment': 'true' };
  assert.deepEqual(policiesOf(policyOf('p', {}, { annotations })), []);
  assert.deepEqual(saidOf(policyOf('p', {}, { annotations })), [['Accepted False IgnoredByIstio']]);
});
