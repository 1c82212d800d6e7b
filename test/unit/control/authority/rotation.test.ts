import assert from 'node:assert/strict';
import { type KeyObject, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { memoryRecords } from '../../../../lib/adapters/memory/memory-records.ts';
import { memorySigningKeys } from '../../../../lib/adapters/memory/memory-signing-keys.ts';
import { newKeyRequest, renewalOf } from '../../../../lib/cli/identity-request.ts';
import { type AuthorityState, STATE_KEY } from '../../../../lib/control/authority/authority-state.ts';
import { type SigningKeys, SigningKeyUnavailable } from '../../../../lib/ports/signing-keys.ts';
import { HOUR, hours, testAuthority } from '../../../support/authority.ts';

const DAY = 24 * HOUR;

/** Roots that live for 100 days, certificates for at most 5: a successor is due in the last 20 days, and signs 5 days later. */
const settings = { rootLifetime: hours(100 * 24), maxTtl: hours(5 * 24), defaultTtl: hours(24) };

type Mesh = ReturnType<typeof testAuthority>;

async function chain({ ask, joinToken }: Mesh): Promise<{ leaf: string; bundle: readonly string[]; key: string }> {
  const { csr, key } = await newKeyRequest();
  const { body } = await ask({ csr, ttl: (5 * DAY) / 1000, attestation: { joinToken: await joinToken() } });
  const [leaf = '', roots = ''] = body.certificateChain ?? [];
  return { leaf, key, bundle: roots.split(/(?<=-----END CERTIFICATE-----\n)/).filter((pem) => pem !== '') };
}

/** Whether somebody who believes the bundle believes the leaf. */
const believes = (bundle: readonly string[], leaf: string): boolean =>
  bundle.some((root) => new X509Certificate(leaf).verify(new X509Certificate(root).publicKey));

const stored = async ({ ports }: Mesh): Promise<AuthorityState> =>
  (await ports.records.get<AuthorityState>(STATE_KEY))?.record ?? assert.fail('no state');

test('CA-10: a root lives for ten years, and is looked at every hour, unless somebody says otherwise', async () => {
  const mesh = testAuthority();
  const { bundle } = await chain(mesh);
  const { validToDate } = new X509Certificate(bundle[0] ?? '');
  assert.equal((validToDate.getTime() - mesh.clock.now()) / DAY, 3650);
  assert.equal(mesh.ports.settings.rotationCheck, HOUR);
  const ten = 3650 * DAY;
  mesh.clock.advance(0.8 * ten - HOUR);
  await mesh.authority.tend();
  assert.equal((await stored(mesh)).roots.length, 1, 'not before the last fifth of its life');
  mesh.clock.advance(2 * HOUR);
  await mesh.authority.tend();
  assert.equal((await stored(mesh)).roots.length, 2);
});

test('a new root is told for as long as the longest certificate lives before it signs, and nobody ever meets a stranger', async () => {
  const mesh = testAuthority({ settings });
  const leaves: { leaf: string; bundle: readonly string[]; until: number }[] = [];
  const signers = new Set<string>();
  // Every proxy renews within five days at the latest; 130 days see two roots go and one of them forgotten.
  for (let day = 0; day < 230; day += 1) {
    await mesh.authority.tend();
    const { leaf, bundle } = await chain(mesh);
    signers.add(new X509Certificate(leaf).issuer);
    leaves.push({ leaf, bundle, until: new X509Certificate(leaf).validToDate.getTime() });
    const alive = leaves.filter(({ until }) => until > mesh.clock.now());
    for (const one of alive) {
      for (const other of alive) assert.ok(believes(one.bundle, other.leaf), `day ${day}`);
    }
    mesh.clock.advance(DAY);
  }
  assert.ok(signers.size >= 3, `${signers.size} roots signed`);
  assert.ok((await stored(mesh)).roots.length <= 2, 'old roots are forgotten');
});

test('CA-11: another process sees what is stored at the next request, and makes no root of its own', async () => {
  const shared = { records: memoryRecords(), keys: memorySigningKeys(), settings };
  const [one, other] = [testAuthority(shared), testAuthority(shared)];
  const { bundle } = await chain(one);
  assert.deepEqual((await chain(other)).bundle, bundle);
  await one.post('/v1/authority/rotation', {});
  assert.equal((await chain(other)).bundle.length, 2);
  one.clock.advance(5 * DAY + HOUR);
  await one.authority.tend();
  const [a, b] = [await chain(one), await chain(other)];
  assert.equal(new X509Certificate(b.leaf).issuer, new X509Certificate(a.leaf).issuer);
  assert.deepEqual(b.bundle, a.bundle);
});

test('two processes that found an authority at the same moment agree on one root, and keep no key that nobody needs', async () => {
  const held = new Map<string, KeyObject>();
  const shared = { records: memoryRecords(), keys: memorySigningKeys(held) };
  const meshes = Array.from({ length: 4 }, () => testAuthority(shared));
  const chains = await Promise.all(meshes.map(chain));
  assert.equal(new Set(chains.map(({ bundle }) => bundle.join(''))).size, 1);
  assert.equal(held.size, 1);
});

test('CA-10: a successor whose key cannot be used does not take over; the old root goes on', async () => {
  const held = memorySigningKeys();
  let isBroken = false;
  let made = 0;
  const lost = new Set<string>();
  const keys: SigningKeys = {
    ...held,
    async make() {
      const id = await held.make();
      made += 1;
      if (made === 2) lost.add(id);
      return id;
    },
    open: async (id) =>
      isBroken && lost.has(id) ? Promise.reject(new SigningKeyUnavailable(id, 'a planted fault')) : held.open(id),
  };
  const mesh = testAuthority({ keys, settings });
  const before = await chain(mesh);
  await mesh.post('/v1/authority/rotation', {});
  isBroken = true;
  mesh.clock.advance(6 * DAY);
  await assert.rejects(mesh.authority.tend(), SigningKeyUnavailable);
  const after = await chain(mesh);
  assert.equal(new X509Certificate(after.leaf).issuer, new X509Certificate(before.leaf).issuer);
});

test('a root that is asked for is told at once and signs when everybody has heard of it; asking twice makes no third', async () => {
  const mesh = testAuthority({ settings });
  await chain(mesh);
  for (const _round of [1, 2]) {
    const { body } = await mesh.post('/v1/authority/rotation', {});
    assert.deepEqual(
      body.roots?.map(({ state }) => state),
      ['signs', 'next'],
    );
  }
  mesh.clock.advance(5 * DAY - HOUR);
  await mesh.authority.tend();
  assert.deepEqual(
    (await mesh.post('/v1/authority/rotation', {})).body.roots?.map(({ state }) => state),
    ['signs', 'next'],
  );
  mesh.clock.advance(2 * HOUR);
  await mesh.authority.tend();
  const { roots = [] } = (await (await mesh.get('/v1/authority')).json()) as { roots?: { state: string }[] };
  assert.deepEqual(
    roots.map(({ state }) => state),
    ['believed', 'signs'],
  );
});

test('a longer ttl counts from the moment on when it is set: roots are told for longer before the first such certificate is signed', async () => {
  const shared = { records: memoryRecords(), keys: memorySigningKeys() };
  const mesh = testAuthority({ ...shared, settings });
  await chain(mesh);
  await mesh.post('/v1/authority/rotation', {});
  const longer = testAuthority({ ...shared, settings: { ...settings, maxTtl: hours(20 * 24) } });
  await chain(longer);
  assert.equal((await stored(longer)).longestTtl, 20 * DAY);
  mesh.clock.advance(6 * DAY);
  await mesh.authority.tend();
  assert.equal((await stored(mesh)).roots.filter(({ until }) => until === undefined).length, 2, 'still told');
});

test('after distrust one new root is believed, and no certificate of before renews', async () => {
  const mesh = testAuthority({ settings });
  const before = await chain(mesh);
  const { body } = await mesh.post('/v1/authority/rotation', { distrust: true });
  assert.deepEqual(
    body.roots?.map(({ state }) => state),
    ['signs'],
  );
  const { bundle, leaf } = await chain(mesh);
  assert.equal(bundle.length, 1);
  assert.ok(believes(bundle, leaf) && !believes(bundle, before.leaf));
  const { csr } = await newKeyRequest();
  const renewal = renewalOf(
    { certificate: before.leaf, key: before.key },
    csr,
    new Date(mesh.clock.now()).toISOString(),
  );
  assert.equal((await mesh.ask({ csr, attestation: { renewal } })).status, 401);
});
