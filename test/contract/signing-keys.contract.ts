import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { type SigningKey, type SigningKeys, SigningKeyUnavailable } from '../../lib/ports/signing-keys.ts';
import { contractSuite, type Open, type Promises, type SuiteOptions } from './contract-suite.ts';

/** The keys, and the same ones as another process would open them. */
export interface OpenedKeys {
  readonly keys: SigningKeys;
  readonly again: () => SigningKeys;
}

/** The promises of `SigningKeys`, checked on one adapter. */
export function signingKeysContract(name: string, open: Open<OpenedKeys>, options: SuiteOptions = {}): void {
  contractSuite(`signing keys: ${name}`, { open, promises, options });
}

const bytes = new TextEncoder().encode('what is to be signed');

function verifies({ publicKey }: SigningKey, signature: Uint8Array, signed = bytes): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

const promises: Promises<OpenedKeys> = {
  'a new key is on P-256, and what it signs its public key verifies': async ({ keys }) => {
    const key = await keys.open(await keys.make());
    assert.equal(key.algorithm, 'ecdsa-p256-sha256');
    // Numbers of a signature are shorter than the others now and then.
    for (let round = 0; round < 40; round += 1) {
      const signature = await key.sign(bytes);
      assert.equal(signature.byteLength, 64);
      assert.ok(verifies(key, signature));
      assert.ok(!verifies(key, signature, bytes.subarray(1)));
    }
  },
  'another process opens the same key': async ({ keys, again }) => {
    const id = await keys.make();
    const [one, other] = [await keys.open(id), await again().open(id)];
    assert.deepEqual(other.publicKey, one.publicKey);
    assert.ok(verifies(one, await other.sign(bytes)));
  },
  'each key is another one': async ({ keys }) => {
    const [one, other] = [await keys.make(), await keys.make()];
    assert.notEqual(one, other);
    assert.notDeepEqual((await keys.open(one)).publicKey, (await keys.open(other)).publicKey);
  },
  'an id that nobody made is told by its name': async ({ keys }) => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    await assert.rejects(keys.open(unknown), (error) => {
      assert.ok(error instanceof SigningKeyUnavailable);
      assert.match(error.message, new RegExp(unknown));
      return true;
    });
  },
  'a key that was given up signs no longer, and may be given up twice': async ({ keys }) => {
    const id = await keys.make();
    await keys.discard(id);
    await keys.discard(id);
    await assert.rejects(
      keys.open(id).then((key) => key.sign(bytes)),
      SigningKeyUnavailable,
    );
  },
};
