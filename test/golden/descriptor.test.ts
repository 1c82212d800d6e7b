import assert from 'node:assert/strict';
import { test } from 'node:test';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { envoyProblems } from '../support/envoy-descriptors.ts';
import { goldenCases, runCase } from '../support/goldens.ts';
import { need } from '../support/needs.ts';

const needsProtos = await need('envoy-protos');

for (const golden of goldenCases()) {
  test(`every resource of ${golden.name} is what Envoy's API allows`, needsProtos, () => {
    const problems = runCase(golden).resources.flatMap(({ type, name, body }) =>
      envoyProblems(XDS_TYPES[type].typeUrl, body).map((problem) => `${type} ${name} ${problem}`),
    );
    assert.deepEqual(problems, []);
  });
}
