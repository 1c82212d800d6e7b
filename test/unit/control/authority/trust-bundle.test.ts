import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { memoryFetcher } from '../../../../lib/adapters/memory/memory-fetcher.ts';
import { heldSigningKey } from '../../../../lib/adapters/signing-key.ts';
import { epochMs } from '../../../../lib/base/brand.ts';
import { buildLeaf, buildRoot } from '../../../../lib/control/authority/build-certificate.ts';
import { pluggedAuthority } from '../../../../lib/control/authority/plugged-authority.ts';
import { trustBundle } from '../../../../lib/control/authority/trust-bundle.ts';
import { newKeyRequest } from '../../../../lib/cli/identity-request.ts';
import { HOUR, testAuthority } from '../../../support/authority.ts';
import { testStart } from '../../../support/config-store.ts';
import { testAuthority as otherAuthority } from '../../../support/test-certificates.ts';

const certificatesIn = (pem: string): string[] =>
  pem.split(/(?<=-----END CERTIFICATE-----\n)/).filter((one) => one !== '');

test('SDS-13: the bundle is the union of all sources, sorted, none twice', () => {
  const [a, b] = [otherAuthority('a').certificate, otherAuthority('b').certificate];
  const one = trustBundle([
    { name: 'x', pem: a + b },
    { name: 'y', pem: b },
  ]);
  const other = trustBundle([
    { name: 'y', pem: b },
    { name: 'x', pem: `a text between\n${b}${a}` },
  ]);
  assert.deepEqual(one.roots, [a, b].sort());
  assert.deepEqual(other.roots, one.roots);
});

test('SDS-13: a source with anything but certificates of authorities is left out whole, and no other', () => {
  const [a, b] = [otherAuthority('a'), otherAuthority('b')];
  const leaf = a.issue('x.example.com').certificate;
  const { roots, rejected } = trustBundle([
    { name: 'good', pem: b.certificate },
    { name: 'leaf', pem: a.certificate + leaf },
    { name: 'cut', pem: a.certificate + b.certificate.slice(0, 200) },
    { name: 'empty', pem: 'nothing' },
    { name: 'damaged', pem: a.certificate.replace('MII', 'AAA') },
  ]);
  assert.deepEqual(roots, [b.certificate]);
  assert.deepEqual(
    rejected.map(({ name }) => name),
    ['leaf', 'cut', 'empty', 'damaged'],
  );
});

const der = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');
const svid = (...pems: readonly string[]) => ({ use: 'x509-svid', kty: 'EC', x5c: pems.map(der) });

test('SDS-13: bundles of other trust domains are fetched every half hour; one that cannot be used leaves the one before', async () => {
  const [ours, theirs, third] = ['ours', 'theirs', 'third'].map((name) => otherAuthority(name).certificate) as [
    string,
    string,
    string,
  ];
  let answered: unknown = { keys: [svid(theirs), { use: 'jwt-svid', kty: 'EC' }] };
  const asked: string[] = [];
  const fetcher = memoryFetcher({
    answer: ({ url }) => {
      asked.push(String(url));
      return String(url).includes('away') ? undefined : { body: JSON.stringify(answered) };
    },
  });
  const mesh = testAuthority({
    fetcher,
    meshConfig: {
      caCertificates: [
        { pem: ours },
        { spiffeBundleUrl: 'https://away.example.com/bundle' },
        { spiffeBundleUrl: 'https://theirs.example.com/bundle' },
      ],
    },
  });
  const bundle = async (): Promise<string[]> => certificatesIn(await (await mesh.get('/v1/trust-bundle')).text());
  assert.equal((await bundle()).length, 2, 'before anything was fetched: our root, and the written one');
  await mesh.authority.tend();
  assert.equal(asked.length, 2, 'an endpoint that is away keeps nobody from being asked');
  const before = await bundle();
  assert.equal(before.length, 3);
  assert.ok(before.includes(theirs) && before.includes(ours));
  // Exactly one certificate belongs to each key.
  for (const unusable of [{ keys: [svid(theirs, third)] }, { keys: [svid()] }, { keys: [] }, 'text']) {
    answered = unusable;
    mesh.clock.advance(HOUR);
    await mesh.authority.tend();
    assert.deepEqual(await bundle(), before);
  }
  answered = { keys: [svid(third)] };
  mesh.clock.advance(HOUR);
  await mesh.authority.tend();
  assert.ok((await bundle()).includes(third) && !(await bundle()).includes(theirs));
  const count = asked.length;
  mesh.clock.advance(HOUR / 4);
  await mesh.authority.tend();
  assert.equal(
    asked.filter((url) => url.includes('theirs')).length,
    asked.slice(0, count).filter((url) => url.includes('theirs')).length,
  );
  // What workloads are given is the same.
  const { body } = await mesh.ask({
    csr: (await newKeyRequest()).csr,
    attestation: { joinToken: await mesh.joinToken() },
  });
  assert.deepEqual(certificatesIn(body.certificateChain?.at(-1) ?? ''), await bundle());
});

/** An intermediate authority below a root, as a company would give us one. */
async function intermediate({ days = 30, rootKey = newKey(), isAuthority = true } = {}) {
  const [from, until] = [epochMs(testStart - HOUR), epochMs(testStart + days * 24 * HOUR)];
  const validity = { serial: new Uint8Array(randomBytes(16)), notBefore: from, notAfter: until };
  const top = { certificate: (await buildRoot({ ...validity, organization: 'Company' }, rootKey)).pem, key: rootKey };
  const key = newKey();
  const publicKey = new Uint8Array(key.publicKey);
  if (!isAuthority) {
    const leaf = await buildLeaf({ ...validity, publicKey, names: [{ type: 'dns', value: 'x' }] }, top);
    return { certificates: leaf.pem, roots: top.certificate, key };
  }
  const self = await buildRoot({ ...validity, organization: 'Company' }, key);
  return { certificates: self.pem, roots: self.pem, key };
}

const newKey = () => heldSigningKey('plugged', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

test('CA-12: an authority that is plugged in signs, and its further roots are believed once each', async () => {
  const plugged = await intermediate();
  const extra = otherAuthority('extra').certificate;
  const checked = pluggedAuthority({ ...plugged, roots: plugged.roots + extra + extra }, testStart);
  assert.ok(checked.ok, checked.ok ? '' : checked.reason);
  const mesh = testAuthority({ plugged: checked.source });
  const { body } = await mesh.ask({
    csr: (await newKeyRequest()).csr,
    attestation: { joinToken: await mesh.joinToken() },
  });
  const [leaf = '', ...rest] = body.certificateChain ?? [];
  assert.ok(new X509Certificate(leaf).verify(new X509Certificate(plugged.certificates).publicKey));
  assert.deepEqual(certificatesIn(rest.at(-1) ?? '').sort(), [plugged.roots, extra].sort());
  assert.equal((await mesh.post('/v1/authority/rotation', {})).status, 409);
});

const unusable: readonly (readonly [string, RegExp, () => Promise<Parameters<typeof pluggedAuthority>[0]>])[] = [
  ['signs with a leaf', /not one of an authority/, () => intermediate({ isAuthority: false })],
  ['has another key', /key that does not belong/, async () => ({ ...(await intermediate()), key: newKey() })],
  ['has ended', /ended on/, () => intermediate({ days: -0.01 })],
  [
    'leads to no root',
    /does not lead to one of its roots/,
    async () => ({ ...(await intermediate()), roots: otherAuthority('x').certificate }),
  ],
  [
    'has a leaf among its roots',
    /roots that cannot be used/,
    async () => ({ ...(await intermediate()), roots: otherAuthority('x').issue('y').certificate }),
  ],
  ['has no certificate', /no certificate in PEM/, async () => ({ ...(await intermediate()), certificates: '' })],
];
for (const [what, reason, make] of unusable) {
  test(`CA-12: an authority that ${what} is not plugged in`, async () => {
    const checked = pluggedAuthority(await make(), testStart);
    assert.match(checked.ok ? 'taken' : checked.reason, reason);
  });
}
