import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBlobs } from '../../../lib/adapters/memory/memory-blobs.ts';
import { memorySecretBox } from '../../../lib/adapters/memory/memory-secret-box.ts';
import { newestState } from '../../../lib/control/config/config-store.ts';
import { existingObjects } from '../../../lib/control/config/existing-objects.ts';
import { rollback } from '../../../lib/control/config/rollback.ts';
import { openValues } from '../../../lib/control/config/seal-secret.ts';
import type { ConfigStore } from '../../../lib/control/config/config-store.ts';
import { resourceKey } from '../../../lib/resources/resource.ts';
import type { SealedSecret } from '../../../lib/resources/secret-spec.ts';
import { isSealed, servedPart } from '../../../lib/resources/secret-values.ts';
import { applied, applyText } from '../../support/apply.ts';
import { testPair } from '../../support/test-certificates.ts';
import { testStore } from '../../support/config-store.ts';

const KEY = resourceKey('Secret', 'default', 'shop');
const MASK64 = 'W21hc2tlZF0=';
const one = testPair({ name: 'shop.example.com' });
const other = testPair({ name: 'shop.example.com' });

function secretText(values: Readonly<Record<string, string>>, more: object = {}, metadata: object = {}): string {
  const named = { name: 'shop', ...metadata };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: named,
    type: 'Opaque',
    stringData: values,
    ...more,
  });
}

const pairText = ({ certificate, key }: typeof one): string => secretText({ 'tls.crt': certificate, 'tls.key': key });

async function stored(store: ConfigStore): Promise<SealedSecret> {
  const found = (await existingObjects(store, await newestState(store), [KEY])).get(KEY);
  const spec = found?.object.spec as SealedSecret | undefined;
  assert.ok(spec && isSealed(spec));
  return spec;
}

async function plain(store: ConfigStore, part: 'pair' | 'trust' = 'pair'): Promise<Readonly<Record<string, string>>> {
  const values = await openValues(store.secrets, KEY, servedPart(await stored(store), part)?.sealed ?? {});
  return Object.fromEntries([...values].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));
}

test('STO-9: no blob holds a value, in plain or in base64', async () => {
  const blobs = memoryBlobs();
  const store = testStore({ blobs });
  const marker = 'marker-that-must-stay-inside';
  await applied(store, secretText({ password: marker }), { idempotencyKey: 'once' });
  await applied(store, secretText({ password: marker, key: one.key }), { idempotencyKey: 'twice' });
  await rollback(store, { revision: 1, writer: 'tester', isDryRun: false });
  const { blobs: all } = await blobs.list();
  assert.ok(all.length > 6);
  for (const { hash } of all) {
    const text = new TextDecoder().decode(await blobs.get(hash));
    for (const secret of [marker, btoa(marker), one.key, btoa(one.key), one.key.split('\n')[1] ?? '']) {
      assert.ok(!text.includes(secret), text);
    }
  }
});

test('STO-9: the hash of a request that is kept is of no use to someone who tries words on it', async () => {
  const hashesOf = async () => {
    const store = testStore({ secrets: memorySecretBox() });
    await applied(store, secretText({ password: 'word' }), { idempotencyKey: 'once' });
    return (await newestState(store)).newest?.content.idempotency?.request;
  };
  assert.notEqual(await hashesOf(), await hashesOf());
});

test('the same Secret again is unchanged and makes no revision', async () => {
  const store = testStore();
  await applied(store, pairText(one));
  const again = await applied(store, pairText(one));
  assert.deepEqual([again.revision, again.results[0]?.action], [1, 'unchanged']);
  const inBase64 = secretText(
    {},
    { stringData: undefined, data: { 'tls.crt': btoa(one.certificate), 'tls.key': btoa(one.key) } },
  );
  assert.equal((await applied(store, inBase64)).results[0]?.action, 'unchanged');
  assert.equal((await applied(store, pairText(other))).results[0]?.action, 'configured');
});

test('a document that carries the mask back keeps what is stored, in either form', async () => {
  const store = testStore();
  await applied(store, pairText(one));
  for (const mask of [
    { data: { 'tls.crt': MASK64, 'tls.key': '[masked]' } },
    { stringData: { 'tls.crt': '[masked]', 'tls.key': '[masked]' } },
  ]) {
    assert.equal((await applied(store, secretText({}, { stringData: {}, ...mask }))).results[0]?.action, 'unchanged');
  }
  assert.equal((await plain(store))['tls.key'], one.key);
});

test('half of a pair beside the mask of the other is judged together with it', async () => {
  const store = testStore();
  await applied(store, pairText(one));
  const outcome = await applied(store, secretText({ 'tls.crt': other.certificate, 'tls.key': '[masked]' }));
  assert.match(
    outcome.results[0]?.warnings.join() ?? '',
    /data\["tls.key"\]: the private key in "tls.key" does not belong/,
  );
});

test('the mask of a value that is not stored is refused with its place', async () => {
  const store = testStore();
  const outcome = await applyText(store, secretText({ password: '[masked]' }));
  assert.equal(outcome.outcome, 'refused');
  assert.deepEqual(outcome.outcome === 'refused' && outcome.errors.map(({ path, message }) => [path, message]), [
    ['stringData.password', 'is the mask of a stored value, and none is stored under this name; write the value'],
  ]);
});

test('TC-4: a pair that no proxy can use is stored with a warning, and the last good one goes on being served', async () => {
  const store = testStore();
  await applied(store, pairText(one));
  const broken = await applied(store, pairText({ certificate: one.certificate, key: other.key }));
  assert.match(
    broken.results[0]?.warnings.join() ?? '',
    /does not belong to the certificate.*proxies keep what they could use last/,
  );
  assert.deepEqual(await plain(store), { 'tls.crt': one.certificate, 'tls.key': one.key });
  // Broken in another way: still the last good one.
  await applied(store, secretText({ 'tls.crt': '', 'tls.key': other.key }));
  assert.deepEqual(await plain(store), { 'tls.crt': one.certificate, 'tls.key': one.key });
  assert.equal(
    (await applied(store, secretText({ 'tls.crt': '', 'tls.key': other.key }))).results[0]?.action,
    'unchanged',
  );
  await applied(store, pairText(other));
  assert.deepEqual(await plain(store), { 'tls.crt': other.certificate, 'tls.key': other.key });
  assert.equal((await stored(store)).lastGood, undefined);
});

test('a pair that is taken away on purpose leaves nothing to serve', async () => {
  const store = testStore();
  await applied(store, pairText(one));
  await applied(store, secretText({ password: 'x' }));
  assert.equal(servedPart(await stored(store), 'pair'), undefined);
});

test('SDS-8: an expired certificate is stored with a warning, and served', async () => {
  const store = testStore();
  const expired = testPair({ name: 'old.example.com', notAfter: '2025-12-31T00:00:00Z' });
  const outcome = await applied(store, pairText(expired));
  assert.match(outcome.results[0]?.warnings.join() ?? '', /has expired at 2025-12-31T00:00:00Z; upload its successor/);
  assert.equal((await plain(store))['tls.key'], expired.key);
});

test('an immutable Secret keeps its values', async () => {
  const store = testStore();
  await applied(store, secretText({ a: 'x' }, { immutable: true }));
  assert.equal(
    (await applied(store, secretText({ a: 'x' }, { immutable: true }, { labels: { a: 'b' } }))).outcome,
    'applied',
  );
  for (const [text, path] of [
    [secretText({ a: 'y' }, { immutable: true }), 'data'],
    [secretText({ a: 'x' }), 'immutable'],
  ] as const) {
    const outcome = await applyText(store, text);
    assert.deepEqual(outcome.outcome === 'refused' && outcome.errors.map((error) => error.path), [path]);
  }
});

test('STO-9: what kubectl remembers of its last apply is kept without the values', async () => {
  const store = testStore();
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const text = secretText(
    { password: 'marker' },
    {},
    { annotations: { [annotation]: secretText({ password: 'marker' }), a: 'b' } },
  );
  await applied(store, text);
  const found = (await existingObjects(store, await newestState(store), [KEY])).get(KEY);
  const kept = JSON.parse(found?.object.metadata.annotations?.[annotation] ?? '') as Readonly<Record<string, unknown>>;
  assert.deepEqual(kept['stringData'], { password: MASK64 });
  assert.equal((await applied(store, text)).results[0]?.action, 'unchanged');
});
