import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callsOf, goldenCases, runCase } from '../support/goldens.ts';
import { evaluateCall } from '../support/traffic.ts';

for (const golden of goldenCases()) {
  for (const { call, headers, to, direction, ...expected } of callsOf(golden)) {
    const request = { call, ...(headers && { headers }), ...(to && { to }), ...(direction && { direction }) };
    test(`${golden.name}: ${call} ${JSON.stringify(headers ?? {})}`, () => {
      assert.notDeepEqual(expected, {}, 'a call must say what becomes of it');
      const outcome = evaluateCall(runCase(golden).ir, request);
      // Only what the call says is compared; `null` says that something must not be there.
      const written = Object.keys(expected) as (keyof typeof outcome)[];
      assert.deepEqual(Object.fromEntries(written.map((part) => [part, outcome[part] ?? null])), expected);
    });
  }
}
