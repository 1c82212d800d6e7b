import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourcesOf } from '../../support/documents.ts';
import { testFindings } from '../../support/findings.ts';

const APP = { matchLabels: { app: 'a' } };
const STRICT = { mode: 'STRICT' };

testFindings('PeerAuthentication', [
  ['VAL-17', {}, 'fine'],
  ['VAL-17', { mtls: {} }, 'fine'],
  ['PA-1', { selector: APP, portLevelMtls: { 80: { mode: 'UNSET' }, 65535: { mode: 'DISABLE' }, 1: STRICT } }, 'fine'],
  ['VAL-17', { mtls: { mode: 'strict' } }, 'error spec.mtls.mode: the text "strict" is not a value'],
  ['VAL-17', { portLevelMtls: { 80: STRICT } }, 'error spec.portLevelMtls: portLevelMtls requires selector'],
  [
    'PA-8',
    { selector: { matchLabels: {} }, portLevelMtls: { 80: STRICT } },
    'error spec.portLevelMtls: portLevelMtls requires selector',
  ],
  ['VAL-17', { selector: APP, portLevelMtls: {} }, 'error spec.portLevelMtls: port level mTLS, if defined, must have'],
  ['VAL-17', { selector: APP, portLevelMtls: { 0: STRICT } }, 'error spec.portLevelMtls["0"]: "0" is no port'],
  [
    'VAL-17',
    { selector: APP, portLevelMtls: { 65536: STRICT } },
    'error spec.portLevelMtls["65536"]: "65536" is no port',
  ],
  ['VAL-17', { selector: APP, portLevelMtls: { http: STRICT } }, 'error spec.portLevelMtls.http: "http" is no port'],
  ['VAL-17', { selector: APP, portLevelMtls: { '080': STRICT } }, 'error spec.portLevelMtls["080"]: "080" is no port'],
  ['VAL-3', { selector: {} }, 'warning spec.selector: workload selector specified without labels'],
  [
    'VAL-3',
    { selector: { matchLabels: { app: '*' } } },
    'error spec.selector.matchLabels.app: wildcard is not supported',
  ],
  ['VAL-3', { selector: { matchLabels: { '': 'a' } } }, 'error spec.selector.matchLabels: empty key'],
  ['VAL-17', { targetRefs: [] }, 'error spec.targetRefs: unknown field'],
]);

test('VAL-17: the numbers of ports are written without quotes as well', () => {
  const [policy] = resourcesOf(`
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: a }
spec: { selector: { matchLabels: { app: a } }, portLevelMtls: { 8080: { mode: STRICT } } }`);
  assert.deepEqual(policy?.spec, {
    selector: { matchLabels: { app: 'a' } },
    portLevelMtls: { '8080': { mode: 'STRICT' } },
  });
});
