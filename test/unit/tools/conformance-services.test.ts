import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateCase } from '../../../lib/resources/validate-case.ts';
import { assignmentCase, judgeAssignment } from '../../../tools/conformance/assignments.ts';
import type { Case } from '../../../tools/conformance/case.ts';
import type { Json } from '../../../tools/conformance/json.ts';
import { judgeLocalities } from '../../../tools/conformance/localities.ts';
import { judgeServiceEntry } from '../../../tools/conformance/service-entries.ts';
import { judgeSidecarScope } from '../../../tools/conformance/sidecar-scope.ts';
import { validatedDocument } from '../../../tools/conformance/small-validators.ts';

const recorded = (body: { readonly [key: string]: Json }): Case => ({ file: '', area: '', name: 'case', body });

const group = (zone: string, priority: number): Json => ({
  locality: { region: 'r', zone },
  lbEndpoints: [{ endpoint: { address: { socketAddress: { address: zone } } }, loadBalancingWeight: 1 }],
  loadBalancingWeight: 1,
  priority,
});

test('an assignment is balanced as recorded, or it differs', () => {
  const asked = {
    input: { endpoints: [group('near', 0), group('far', 0)] },
    locality: { region: 'r', zone: 'near' },
    localityLbSetting: {},
    enableFailover: true,
  };
  const judged = (far: number) =>
    judgeLocalities(recorded({ ...asked, expected: { endpoints: [group('far', far), group('near', 0)] } })).verdict;
  assert.equal(judged(1), 'agrees');
  assert.equal(judged(0), 'differs');
});

test('a ServiceEntry is converted as recorded, or it differs', () => {
  const judged = (addresses: readonly string[]) =>
    judgeServiceEntry(
      recorded({
        serviceEntry: {
          apiVersion: 'networking.istio.io/v1',
          kind: 'ServiceEntry',
          metadata: { name: 'a', namespace: 'shop' },
          spec: {
            hosts: ['a.test'],
            addresses: ['10.0.0.2', '10.0.0.1'],
            ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
          },
        },
        expected: addresses.map((address) => ({
          Hostname: 'a.test',
          Attributes: { Namespace: 'shop' },
          Resolution: 2,
          MeshExternal: true,
          DefaultAddress: address,
          Ports: [{ Name: 'http', Port: 80, Protocol: 'HTTP' }],
        })),
      }),
    ).verdict;
  assert.equal(judged(['10.0.0.1']), 'differs');
  assert.equal(judged(['10.0.0.1', '10.0.0.2']), 'agrees');
});

test('the endpoints of a recorded service are compared by place, port, weight and health', () => {
  const test = recorded({
    service: {
      Hostname: 'a.test',
      Attributes: { Namespace: 'shop' },
      Ports: [{ Name: 'http', Port: 80, Protocol: 'HTTP' }],
    },
    istioEndpoints: [{ Addresses: ['10.0.0.1'], ServicePortName: 'http', EndpointPort: 8080 }],
    clusterName: 'outbound|80||a.test',
    expected: group('', 0),
  });
  assert.match(JSON.stringify(assignmentCase(test)), /10\.0\.0\.1/);
  assert.equal(judgeAssignment(test, { endpoints: [] }).verdict, 'differs');
});

test('a small validator is asked by way of a document that is valid but for its argument', () => {
  const isValid = (fn: string, args: Json): boolean =>
    validateCase(validatedDocument(recorded({ fn, args })) ?? null).valid;
  assert.equal(isValid('validateHTTPStatus', { status: 404 }), true);
  assert.equal(isValid('validateHTTPStatus', { status: 4 }), false);
  assert.equal(isValid('validateOutlierDetection', { outlier: { consecutive5xxErrors: 3 } }), true);
  assert.equal(isValid('ValidateProxyAddress', { hostAddr: 'a.test:1' }), true);
  assert.equal(isValid('ValidateProxyAddress', { hostAddr: '::1:80' }), false);
  assert.equal(validatedDocument(recorded({ fn: 'nobodyKnows', args: {} })), undefined);
  assert.equal(validatedDocument(recorded({ fn: 'ValidateDuration', args: { pd: { $error: 'no' } } })), undefined);
});

test('a scope imports what was recorded, or it differs', () => {
  const service = (registry: string, port: number, at: string): Json => ({
    visibility: 'public',
    service: {
      ...{ Hostname: 'a.test', CreationTime: at, Attributes: { Namespace: 'shop', ServiceRegistry: registry } },
      Ports: [{ Name: 'http', Port: port, Protocol: 'HTTP' }],
    },
  });
  const judged = (mode: string, ...numbers: readonly number[]) => {
    const services = [{ namespace: 'shop', hostname: 'a.test', ports: numbers.map((number) => `http/${number}/HTTP`) }];
    return judgeSidecarScope(
      recorded({
        configNamespace: 'client',
        mesh: { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } },
        sidecar: { egress: [{ hosts: ['shop/*'] }] },
        services: [
          service('External', 79, '2024-01-01T00:00:00Z'),
          service('Kubernetes', 81, '2026-01-01T00:00:00Z'),
          service('Kubernetes', 80, '2025-01-01T00:00:00Z'),
        ],
        expected: { services, egressListeners: [{ services }], outboundTrafficPolicy: { mode } },
      }),
    ).verdict;
  };
  assert.equal(judged('ALLOW_ANY', 80, 81), 'agrees');
  assert.equal(judged('REGISTRY_ONLY', 80, 81), 'differs');
  assert.equal(judged('ALLOW_ANY', 79), 'differs');
});
