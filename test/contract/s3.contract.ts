import assert from 'node:assert/strict';
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { s3Blobs } from '../../lib/adapters/aws/s3-blobs.ts';
import { epochMs } from '../../lib/base/brand.ts';
import type { Blobs } from '../../lib/ports/blobs.ts';
import { CorruptStore, StoreRefused, StoreUnavailable } from '../../lib/ports/store-errors.ts';
import { freshBucket, s3At } from '../support/aws-clients.ts';
import type { StartedServer } from '../support/started-server.ts';
import { contractSuite, type Promises, type SuiteOptions } from './contract-suite.ts';

/** What is particular to the S3 adapter; run against every stand-in. */
export function s3Contract(name: string, server: () => StartedServer, options: SuiteOptions = {}): void {
  contractSuite(`s3: ${name}`, { open: () => openBucket(server()), promises, options });
}

interface Bucket {
  readonly server: StartedServer;
  readonly client: S3Client;
  readonly bucket: string;
  readonly blobs: Blobs;
}

async function openBucket(server: StartedServer): Promise<Bucket> {
  const client = s3At(server);
  const bucket = await freshBucket(client);
  return { server, client, bucket, blobs: s3Blobs({ client, bucket, prefix: 'blobs/' }) };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const promises: Promises<Bucket> = {
  'STO-11: an object whose bytes do not match its name is never returned': async ({ client, bucket, blobs }) => {
    const hash = await blobs.put(bytesOf('right'));
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: `blobs/${hash}`, Body: 'wrong' }));
    await assert.rejects(blobs.get(hash), CorruptStore);
  },
  'two prefixes in one bucket do not see each other': async ({ client, bucket, blobs }) => {
    const others = s3Blobs({ client, bucket, prefix: 'other/' });
    const hash = await blobs.put(bytesOf('mine'));
    assert.equal(await others.get(hash), undefined);
    assert.deepEqual(await others.list(), { blobs: [] });
    await others.remove(hash);
    assert.ok(await blobs.get(hash));
  },
  'objects under the prefix that are no blobs are left alone': async ({ client, bucket, blobs }) => {
    const hash = await blobs.put(bytesOf('blob'));
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'blobs/README', Body: 'no blob' }));
    assert.deepEqual(
      (await blobs.list()).blobs.map((blob) => blob.hash),
      [hash],
    );
  },
  'a blob that was removed between two puts is put again': async ({ client, bucket, blobs }) => {
    const hash = await blobs.put(bytesOf('swept'));
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `blobs/${hash}` }));
    await blobs.put(bytesOf('swept'));
    assert.ok(await blobs.get(hash));
  },
  'STO-10: in a bucket with versions a swept blob is gone with all its versions, and can return': async ({
    client,
  }) => {
    const bucket = await freshBucket(client, { versioned: true });
    const blobs = s3Blobs({ client, bucket, prefix: 'blobs/' });
    const hash = await blobs.put(bytesOf('versions'));
    const [stored] = (await blobs.list()).blobs;
    assert.ok(stored);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: `blobs/${hash}`, Body: 'versions' }));
    await blobs.remove(hash, stored.storedAt);
    assert.deepEqual(await blobs.get(hash), bytesOf('versions'));
    await blobs.remove(hash, epochMs(stored.storedAt + 60_000));
    assert.equal(await blobs.get(hash), undefined);
    const left = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    assert.deepEqual([left.Versions ?? [], left.DeleteMarkers ?? []], [[], []]);
    await blobs.put(bytesOf('versions'));
    assert.ok(await blobs.get(hash));
  },
  'in a bucket with versions a removed blob is gone, and can return': async ({ client }) => {
    const bucket = await freshBucket(client, { versioned: true });
    const blobs = s3Blobs({ client, bucket, prefix: 'blobs/' });
    const hash = await blobs.put(bytesOf('versions'));
    await blobs.remove(hash);
    assert.equal(await blobs.get(hash), undefined);
    assert.deepEqual(await blobs.list(), { blobs: [] });
    await blobs.put(bytesOf('versions'));
    assert.deepEqual(await blobs.get(hash), bytesOf('versions'));
  },
  'a bucket that is not there refuses, a server that is not there is unavailable': async ({ server, client }) => {
    const noBucket = s3Blobs({ client, bucket: 'no-such-bucket', prefix: '' });
    await assert.rejects(noBucket.put(bytesOf('x')), StoreRefused);
    await assert.rejects(noBucket.putAll([bytesOf('x'), bytesOf('y')]), StoreRefused);
    await assert.rejects(noBucket.list(), StoreRefused);
    const nobody = s3Blobs({ client: s3At({ ...server, endpoint: 'http://127.0.0.1:1' }), bucket: 'any', prefix: '' });
    await assert.rejects(nobody.put(bytesOf('x')), StoreUnavailable);
  },
};
