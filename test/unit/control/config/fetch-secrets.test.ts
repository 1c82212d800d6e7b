import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memorySecretSources } from '../../../../lib/adapters/memory/memory-secret-sources.ts';
import { configSource } from '../../../../lib/control/build/config-source.ts';
import { fetchSecrets } from '../../../../lib/control/config/fetch-secrets.ts';
import { readHistory } from '../../../../lib/control/config/history.ts';
import { readObject } from '../../../../lib/control/config/read-objects.ts';
import { openValues } from '../../../../lib/control/config/seal-secret.ts';
import type { SourceFailure } from '../../../../lib/ports/secret-sources.ts';
import { conditionOf } from '../../../../lib/resources/conditions.ts';
import { resourceKey } from '../../../../lib/resources/resource.ts';
import { isSealed } from '../../../../lib/resources/secret-values.ts';
import { applied } from '../../../support/apply.ts';
import { testPorts, testStore } from '../../../support/config-store.ts';
import { findingsOf } from '../../../support/findings.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-Ab12Cd';
const OTHER = `${ARN}2`;
const KEY = resourceKey('Secret', 'default', 'shop');

const sourced = (arn: string, more: object = {}): string =>
  JSON.stringify({
    ...{
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'shop', annotations: { 'pilotless.dev/secrets-manager-arn': arn } },
    },
    ...more,
  });

function setUp() {
  const ports = testPorts();
  const store = testStore(ports);
  const held = new Map<string, Readonly<Record<string, string>> | SourceFailure>();
  const fetched = { store, config: configSource(ports), sources: memorySecretSources(held) };
  return {
    ...{ store, held },
    fetch: (which: 'all' | 'never-asked' = 'all') => fetchSecrets(fetched, which),
    look: async () => {
      const secret = await readObject(store, KEY);
      assert.ok(secret?.kind === 'Secret' && isSealed(secret.spec));
      const values = await openValues(store.secrets, KEY, secret.spec.sealed);
      const { status, reason, message } = conditionOf(secret, 'Fetched') ?? {};
      const texts = Object.fromEntries([...values].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));
      return { values: texts, condition: [status, reason, message] };
    },
  };
}

test('values that others keep come in as revisions of a named writer, and an equal one makes none', async () => {
  const { store, held, fetch, look } = setUp();
  held.set(ARN, { password: 'one' });
  await applied(store, sourced(ARN));
  assert.deepEqual(await fetch(), { asked: 1, changed: 1, failed: 0 });
  assert.deepEqual(await look(), { values: { password: 'one' }, condition: ['True', 'Fetched', `${ARN}: fetched`] });
  assert.deepEqual(await fetch(), { asked: 1, changed: 0, failed: 0 });
  held.set(ARN, { password: 'two' });
  await fetch();
  assert.deepEqual((await look()).values, { password: 'two' });
  const { revisions } = await readHistory(store, { limit: 10 });
  assert.deepEqual(
    revisions.map(({ writer }) => writer),
    ['pilotless/secret-sources', 'pilotless/secret-sources', 'tester'],
  );
});

test('the same file again keeps what was fetched', async () => {
  const { store, held, fetch, look } = setUp();
  held.set(ARN, { password: 'one' });
  await applied(store, sourced(ARN));
  await fetch();
  assert.equal((await applied(store, sourced(ARN))).results[0]?.action, 'unchanged');
  assert.deepEqual((await look()).values, { password: 'one' });
});

test('what cannot be fetched keeps what is there, and the condition says why', async () => {
  const { store, held, fetch, look } = setUp();
  held.set(ARN, { password: 'one' });
  await applied(store, sourced(ARN));
  await fetch();
  for (const failure of ['AccessDenied', 'NotFound', 'Unavailable'] as const) {
    held.set(ARN, failure);
    assert.deepEqual(await fetch(), { asked: 1, changed: 0, failed: 1 });
    const message = `${ARN}: cannot be read: ${failure}; what is there is kept`;
    assert.deepEqual(await look(), { values: { password: 'one' }, condition: ['False', failure, message] });
  }
  held.set(ARN, { 'bad/name': 'x' });
  await fetch();
  assert.deepEqual((await look()).condition.slice(0, 2), ['False', 'Refused']);
  held.set(ARN, { password: 'two' });
  await fetch();
  assert.deepEqual((await look()).condition.slice(0, 2), ['True', 'Fetched']);
});

test('after an upload only those are asked that never were, or that name another source now', async () => {
  const { store, held, fetch, look } = setUp();
  held.set(ARN, { password: 'one' }).set(OTHER, { password: 'other' });
  await applied(store, sourced(ARN));
  assert.equal((await fetch('never-asked')).asked, 1);
  assert.equal((await fetch('never-asked')).asked, 0);
  await applied(store, sourced(OTHER));
  assert.deepEqual((await look()).values, { password: 'one' });
  assert.equal((await fetch('never-asked')).asked, 1);
  assert.deepEqual((await look()).values, { password: 'other' });
});

test('an annotation that names no secret is refused, and so are two', () => {
  const of = (annotations: object) => findingsOf('Secret', { type: 'kubernetes.io/tls' }, { annotations }).join('\n');
  assert.equal(of({ 'pilotless.dev/secrets-manager-arn': ARN }), '');
  assert.equal(of({ 'pilotless.dev/acm-arn': 'arn:aws:acm:us-east-1:123456789012:certificate/ab-12' }), '');
  assert.match(
    of({ 'pilotless.dev/acm-arn': ARN }),
    /annotations\["pilotless.dev\/acm-arn"\]: is no ARN of a certificate in ACM/,
  );
  assert.match(of({ 'pilotless.dev/secrets-manager-arn': 'shop' }), /is no ARN of a secret in Secrets Manager/);
  const both = {
    'pilotless.dev/secrets-manager-arn': ARN,
    'pilotless.dev/acm-arn': 'arn:aws:acm:us-east-1:123456789012:certificate/a',
  };
  assert.match(of(both), /a Secret has one source/);
});
