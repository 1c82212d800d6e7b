import assert from 'node:assert/strict';
import { epochMs } from '../../lib/base/brand.ts';
import { contentHash, hashBytes } from '../../lib/base/hashing.ts';
import { type Blobs, MAX_BLOB_BYTES, type StoredBlob } from '../../lib/ports/blobs.ts';
import { BlobTooLarge } from '../../lib/ports/store-errors.ts';
import { contractSuite, type Open, type Promises, type SuiteOptions } from './contract-suite.ts';

/** What every adapter of the Blobs port keeps, whatever stores the bytes. */
export function blobsContract(name: string, open: Open<Blobs>, options: SuiteOptions = {}): void {
  contractSuite(`blobs: ${name}`, { open, promises, options });
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const missing = contentHash('0'.repeat(64));

const promises: Promises<Blobs> = {
  'STO-1: put names a blob by its SHA-256 and get answers its bytes': async (blobs) => {
    const hash = await blobs.put(bytesOf('one'));
    assert.equal(hash, hashBytes('one'));
    assert.deepEqual(await bytesUnder(blobs, hash), bytesOf('one'));
  },
  'STO-1: putting what exists is success and changes nothing': async (blobs) => {
    const hash = await blobs.put(bytesOf('twice'));
    assert.equal(await blobs.put(bytesOf('twice')), hash);
    assert.deepEqual(await bytesUnder(blobs, hash), bytesOf('twice'));
    assert.deepEqual(await namesIn(blobs), [hash]);
  },
  'a name that was never put is undefined': async (blobs) => {
    assert.equal(await blobs.get(missing), undefined);
  },
  'zero bytes are a blob like any other': async (blobs) => {
    const hash = await blobs.put(new Uint8Array());
    assert.deepEqual(await bytesUnder(blobs, hash), new Uint8Array());
    assert.deepEqual(
      (await everyBlob(blobs)).map(({ bytes }) => bytes),
      [0],
    );
  },
  '5 MB come back byte for byte': async (blobs) => {
    const body = Uint8Array.from({ length: 5 * 1024 * 1024 }, (_, i) => (i * 2654435761) >>> 24);
    const hash = await blobs.put(body);
    assert.ok(Buffer.from(body).equals(await bytesUnder(blobs, hash)));
    assert.equal((await everyBlob(blobs))[0]?.bytes, body.byteLength);
  },
  'a body over the limit is refused': async (blobs) => {
    await assert.rejects(blobs.put(new Uint8Array(MAX_BLOB_BYTES + 1)), BlobTooLarge);
    assert.deepEqual(await namesIn(blobs), []);
  },
  'a view into a larger buffer stores the view alone': async (blobs) => {
    const hash = await blobs.put(bytesOf('__inner__').subarray(2, 7));
    assert.equal(hash, hashBytes('inner'));
    assert.deepEqual(await bytesUnder(blobs, hash), bytesOf('inner'));
  },
  'every byte value survives': async (blobs) => {
    const body = Uint8Array.from({ length: 256 }, (_, i) => i);
    assert.deepEqual(await bytesUnder(blobs, await blobs.put(body)), body);
  },
  'what a caller does to its bytes afterwards does not show': async (blobs) => {
    const body = bytesOf('mine');
    const hash = await blobs.put(body);
    body.fill(0);
    (await bytesUnder(blobs, hash)).fill(0);
    assert.deepEqual(await bytesUnder(blobs, hash), bytesOf('mine'));
  },
  'putAll answers the names in order, repeats and existing bodies included': async (blobs) => {
    await blobs.put(bytesOf('b'));
    const hashes = await blobs.putAll(['a', 'b', 'c', 'a'].map(bytesOf));
    assert.deepEqual(hashes, ['a', 'b', 'c', 'a'].map(hashBytes));
    assert.deepEqual(await namesIn(blobs), ['a', 'b', 'c'].map(hashBytes).sort());
    assert.deepEqual(await blobs.putAll([]), []);
  },
  'many writers of the same bytes all succeed': async (blobs) => {
    const hashes = await Promise.all(Array.from({ length: 20 }, () => blobs.put(bytesOf('same'))));
    assert.deepEqual([...new Set(hashes)], [hashBytes('same')]);
    assert.deepEqual(await bytesUnder(blobs, hashBytes('same')), bytesOf('same'));
  },
  'a blob is there as soon as its put returned, beside others under way': async (blobs) => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const hash = await blobs.put(bytesOf(`body ${i}`));
        assert.deepEqual(await bytesUnder(blobs, hash), bytesOf(`body ${i}`));
      }),
    );
  },
  'remove takes a blob away, removing it again is success, and it can return': async (blobs) => {
    const hash = await blobs.put(bytesOf('gone'));
    await blobs.remove(hash);
    assert.equal(await blobs.get(hash), undefined);
    assert.deepEqual(await namesIn(blobs), []);
    await blobs.remove(hash);
    await blobs.put(bytesOf('gone'));
    assert.deepEqual(await bytesUnder(blobs, hash), bytesOf('gone'));
  },
  'STO-10: remove spares a blob that was put at the given moment or later': async (blobs) => {
    const hash = await blobs.put(bytesOf('young'));
    const [stored] = await everyBlob(blobs);
    assert.ok(stored);
    await blobs.remove(hash, stored.storedAt);
    assert.deepEqual(await bytesUnder(blobs, hash), bytesOf('young'));
    await blobs.remove(hash, epochMs(stored.storedAt + 1_000));
    assert.equal(await blobs.get(hash), undefined);
    await blobs.remove(missing, stored.storedAt);
  },
  'list pages through everything in order of names, past a blob that was removed meanwhile': async (blobs) => {
    const bodies = Array.from({ length: 1_010 }, (_, i) => bytesOf(`page ${i}`));
    const hashes = await blobs.putAll(bodies);
    const sizes = new Map(hashes.map((hash, i) => [hash, bodies[i]?.byteLength]));
    const { blobs: page, cursor } = await blobs.list();
    const last = page.at(-1);
    assert.ok(cursor !== undefined && last, 'more blobs than one page holds');
    await blobs.remove(last.hash);
    const all = [...page, ...(await everyBlob(blobs, cursor))];
    assert.deepEqual(
      all.map(({ hash }) => hash),
      [...hashes].sort(),
    );
    assert.ok(all.every(({ hash, bytes }) => sizes.get(hash) === bytes));
    assert.ok(all.every(({ storedAt }) => Number.isSafeInteger(storedAt) && storedAt > 0));
  },
};

async function bytesUnder(blobs: Blobs, hash: string): Promise<Uint8Array> {
  const bytes = await blobs.get(contentHash(hash));
  assert.ok(bytes, `blob ${hash} is stored`);
  return Uint8Array.from(bytes);
}

async function everyBlob(blobs: Blobs, cursor?: string): Promise<StoredBlob[]> {
  const page = await blobs.list(cursor);
  return [...page.blobs, ...(page.cursor === undefined ? [] : await everyBlob(blobs, page.cursor))];
}

async function namesIn(blobs: Blobs): Promise<string[]> {
  return (await everyBlob(blobs)).map(({ hash }) => hash);
}
