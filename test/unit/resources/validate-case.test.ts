import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateCase } from '../../../lib/resources/validate-case.ts';
import { documentOf } from '../../support/findings.ts';

test('a case is judged under its name, whether or not its object has one', () => {
  const { metadata: _, ...unnamed } = documentOf('ServiceEntry', { hosts: ['a.b'] });
  assert.deepEqual(validateCase({ name: 'c1', object: unnamed }), {
    name: 'c1',
    valid: true,
    errors: [],
    warnings: [],
  });
  const verdict = validateCase({ name: 'c2', object: { ...unnamed, spec: { hosts: ['*a.b'], ports: [{}] } } });
  assert.equal(verdict.valid, false);
  assert.match(verdict.errors[0] ?? '', /^spec\.ports\[0\]\.name: invalid port name/);
  assert.match(verdict.warnings[0] ?? '', /^spec\.hosts\[0\]: partial wildcard/);
});

test('what is valid but not carried out is valid here', () => {
  const spec = { host: 'a.b', trafficPolicy: { tls: { mode: 'SIMPLE' } } };
  assert.equal(validateCase({ name: 'c', object: documentOf('DestinationRule', spec) }).valid, true);
});

test('parts of the mesh settings are judged as they stand, without defaults', () => {
  const proxy = validateCase({ name: 'c', validator: 'ValidateMeshConfigProxyConfig', object: {} });
  assert.ok(proxy.errors.includes('configPath: config path must be set'));
  assert.equal(validateCase({ name: 'c', validator: 'ValidateMeshNetworks', object: {} }).valid, true);
  const shape = validateCase({ name: 'c', validator: 'ValidateMeshConfig', object: { trustDomain: 1 } });
  assert.match(shape.errors[0] ?? '', /^trustDomain: expected a text/);
});

test('FLT-3: any line has a verdict', () => {
  for (const line of [undefined, null, 7, [], {}, { name: 1, object: [] }, { object: { metadata: 3 } }]) {
    assert.equal(validateCase(line).valid, false);
  }
});
