import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LATEST, parseIstioVersion, printIstioVersion } from '../../../lib/view/istio-version.ts';

const versions = [
  ['1.27.1', { major: 1, minor: 27, patch: 1 }, '1.27.1'],
  ['1.28.0-rc.1', { major: 1, minor: 28, patch: 0 }, '1.28.0'],
  ['release-1.26', { major: 1, minor: 26, patch: LATEST.patch }, '1.26'],
  ['1.28-alpha.6f2c', { major: 1, minor: 28, patch: LATEST.patch }, '1.28'],
  ['', LATEST, 'latest'],
  ['unknown', LATEST, 'latest'],
  ['1', LATEST, 'latest'],
  ['v1.27.1', LATEST, 'latest'],
] as const;

test('PX-7: a version is read into its numbers, and what cannot be read counts as the latest', () => {
  for (const [text, version, printed] of versions) {
    assert.deepEqual(parseIstioVersion(text), version, text);
    assert.equal(printIstioVersion(parseIstioVersion(text)), printed);
  }
});
