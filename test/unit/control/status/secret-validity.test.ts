import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { type EpochMs, epochMs } from '../../../../lib/base/brand.ts';
import { parseTimestamp } from '../../../../lib/base/timestamp.ts';
import { operationsApi } from '../../../../lib/control/http/operations-api.ts';
import { metrics } from '../../../../lib/control/metrics.ts';
import { validityOf } from '../../../../lib/control/status/secret-validity.ts';
import { statusWord } from '../../../../lib/control/status/status-word.ts';
import type { Resource } from '../../../../lib/resources/resource.ts';
import { StoreUnavailable } from '../../../../lib/ports/store-errors.ts';
import { type TestCertificate, testPair } from '../../../support/test-certificates.ts';

const at = (moment: string): EpochMs => parseTimestamp(moment) ?? epochMs(0);
const BORN = at('2026-01-01T00:00:00Z');

function secretOf(name: string, { certificate, key }: Partial<TestCertificate>): Resource<'Secret'> {
  const metadata = { name, namespace: 'shop', generation: 3 };
  const stringData = { ...(certificate !== undefined && { cert: certificate }), ...(key !== undefined && { key }) };
  return { apiVersion: 'v1', kind: 'Secret', metadata, spec: { stringData } };
}

const pair = testPair({ name: 'a', notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' });
const conditionAt = (secret: Resource<'Secret'>, moment: string) => validityOf(secret, BORN, at(moment))[0];

test('TC-4: a Secret is Valid as long as its certificate is, with the reason when it is not', () => {
  const secret = secretOf('a', pair);
  for (const [moment, status, reason] of [
    ['2026-06-01T00:00:00Z', 'True', 'Valid'],
    ['2026-12-20T00:00:00Z', 'True', 'ExpiresSoon'],
    ['2027-01-01T00:00:00Z', 'False', 'Expired'],
    ['2025-12-01T00:00:00Z', 'False', 'NotYetValid'],
  ] as const) {
    const { condition } = conditionAt(secret, moment) ?? {};
    assert.deepEqual([condition?.status, condition?.reason, condition?.observedGeneration], [status, reason, 3]);
  }
  assert.equal(conditionAt(secret, '2027-03-01T00:00:00Z')?.since, at('2027-01-01T00:00:00Z'));
});

test('TC-4: what keeps proxies from a pair is its reason, and what they have instead is said', () => {
  const other = testPair({ name: 'a' });
  for (const [broken, reason] of [
    [{ certificate: pair.certificate, key: other.key }, 'KeyMismatch'],
    [{ certificate: 'x', key: pair.key }, 'NotPem'],
    [{ certificate: pair.certificate, key: '' }, 'EmptyValue'],
    [{ certificate: pair.certificate }, 'MissingValue'],
  ] as const) {
    const { condition } = conditionAt(secretOf('a', broken), '2026-06-01T00:00:00Z') ?? {};
    assert.deepEqual([condition?.status, condition?.reason], ['False', reason]);
    assert.match(condition?.message ?? '', /; no proxy is given it$/);
  }
});

test('a Secret without certificates has no such condition', () => {
  assert.deepEqual(validityOf(secretOf('a', {}), BORN, BORN), []);
});

test('the status column says what is wrong with a Secret', () => {
  const fine = ['Accepted', 'Reconciled', 'Programmed'].map((type) => ({ type, status: 'True', reason: type }));
  assert.equal(statusWord([...fine, { type: 'Valid', status: 'True', reason: 'Valid' }]), 'Programmed');
  assert.equal(statusWord([...fine, { type: 'Valid', status: 'False', reason: 'Expired' }]), 'Expired');
});

test('SDS-8: the metrics tell how long certificates last at the moment when they are asked, and what is wrong', async () => {
  let now = at('2026-12-31T23:00:00Z');
  let isAway = false;
  const resources = [secretOf('a', pair), secretOf('b', { ...pair, key: '' }), secretOf('c', {})];
  const api = operationsApi({
    records: { get: async () => undefined },
    clock: { now: () => now },
    metrics: metrics(new Registry(), 'test'),
    readPushStatus: async () => undefined,
    config: {
      readNewest: async () => {
        if (isAway) throw new StoreUnavailable('head');
        return { revision: 1, health: '', resources };
      },
    },
    isServing: () => true,
    checks: [],
    cacheCounts: () => ({ hits: 0, misses: 0, evictions: 0, entries: 0, documents: 0 }),
  });
  const lines = async (): Promise<readonly string[]> =>
    (await (await api(new Request('http://x/metrics'))).text())
      .split('\n')
      .filter((line) => /^pilotless_secret/.test(line));
  assert.deepEqual(await lines(), [
    'pilotless_secret_expiry_seconds{namespace="shop",name="a"} 3600',
    'pilotless_secret_troubles{reason="ExpiresSoon"} 1',
    'pilotless_secret_troubles{reason="EmptyValue"} 1',
  ]);
  now = at('2027-01-01T00:00:10Z');
  isAway = true;
  assert.equal((await lines()).length, 3);
  isAway = false;
  assert.deepEqual(await lines(), [
    'pilotless_secret_expiry_seconds{namespace="shop",name="a"} -10',
    'pilotless_secret_troubles{reason="Expired"} 1',
    'pilotless_secret_troubles{reason="EmptyValue"} 1',
  ]);
});
