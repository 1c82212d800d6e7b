import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { s3Blobs } from '../../../../lib/adapters/aws/s3-blobs.ts';
import { durationMs, epochMs, plus } from '../../../../lib/base/brand.ts';
import { hashBytes } from '../../../../lib/base/hashing.ts';
import { STORED_AT_SLACK } from '../../../../lib/ports/blobs.ts';
import { StoreRefused, StoreUnavailable } from '../../../../lib/ports/store-errors.ts';
import { fakeClock } from '../../../support/fake-clock.ts';

const body = new TextEncoder().encode('body');
const hash = hashBytes(body);
const at = epochMs(Date.UTC(2026, 0, 1));

function mocked() {
  const client = new S3Client({ region: 'eu-central-1' });
  const s3 = mockClient(client);
  const clock = fakeClock({ at });
  const conditionsOfPuts = () => s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input.IfNoneMatch);
  return { s3, clock, conditionsOfPuts, blobs: s3Blobs({ client, bucket: 'bucket', prefix: 'blobs/', clock }) };
}

function answer(name: string, status: number): S3ServiceException {
  return new S3ServiceException({
    name,
    $fault: status < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode: status },
  });
}

test('a put carries the condition, the exact name and the checksum of its bytes', async () => {
  const { s3, blobs } = mocked();
  s3.on(PutObjectCommand).resolves({});
  assert.equal(await blobs.put(body), hash);
  const { Bucket, Key, IfNoneMatch, ChecksumSHA256 } = s3.commandCalls(PutObjectCommand)[0]?.args[0].input ?? {};
  assert.deepEqual(
    { Bucket, Key, IfNoneMatch, ChecksumSHA256 },
    {
      Bucket: 'bucket',
      Key: `blobs/${hash}`,
      IfNoneMatch: '*',
      ChecksumSHA256: Buffer.from(hash, 'hex').toString('base64'),
    },
  );
});

test('STO-10: putting what exists writes again only when the object is older than the slack', async () => {
  for (const [age, conditions] of [
    [0, ['*']],
    [STORED_AT_SLACK, ['*']],
    [STORED_AT_SLACK + 1, ['*', undefined]],
  ] as const) {
    const { s3, blobs, conditionsOfPuts } = mocked();
    s3.on(PutObjectCommand, { IfNoneMatch: '*' }).rejects(answer('PreconditionFailed', 412));
    s3.on(HeadObjectCommand).resolves({ LastModified: new Date(at - age) });
    assert.equal(await blobs.put(body), hash);
    assert.deepEqual(conditionsOfPuts(), conditions, `age ${age}`);
  }
});

test('STO-11: an object that was cut off is put again, however young', async () => {
  const { s3, blobs, conditionsOfPuts } = mocked();
  s3.on(PutObjectCommand, { IfNoneMatch: '*' }).rejects(answer('PreconditionFailed', 412));
  s3.on(HeadObjectCommand).resolves({ LastModified: new Date(at), ContentLength: body.byteLength - 1 });
  assert.equal(await blobs.put(body), hash);
  assert.deepEqual(conditionsOfPuts(), ['*', undefined]);
});

test('STO-10: a blob that a sweep took between refusal and look is put again', async () => {
  const { s3, blobs, conditionsOfPuts } = mocked();
  s3.on(PutObjectCommand, { IfNoneMatch: '*' }).rejects(answer('PreconditionFailed', 412));
  s3.on(HeadObjectCommand).rejects(answer('NotFound', 404));
  await blobs.put(body);
  assert.deepEqual(conditionsOfPuts(), ['*', undefined]);
});

test('a put that meets another one of the same name tries again, a bounded number of times', async () => {
  const { s3, blobs, conditionsOfPuts } = mocked();
  s3.on(PutObjectCommand).rejectsOnce(answer('ConditionalRequestConflict', 409)).resolves({});
  assert.equal(await blobs.put(body), hash);
  assert.deepEqual(conditionsOfPuts(), ['*', '*']);

  const endless = mocked();
  endless.s3.on(PutObjectCommand).rejects(answer('ConditionalRequestConflict', 409));
  await assert.rejects(endless.blobs.put(body), StoreUnavailable);
  assert.equal(endless.conditionsOfPuts().length, 5);
});

test('STO-10: a sweep deletes the version it found old, so one that is put meanwhile stays', async () => {
  const { s3, blobs } = mocked();
  const storedBefore = plus(at, durationMs(10_000));
  s3.on(HeadObjectCommand)
    .resolvesOnce({ VersionId: 'old', LastModified: new Date(at) })
    .resolvesOnce({ VersionId: 'older', LastModified: new Date(at) })
    .resolves({ VersionId: 'new', LastModified: new Date(storedBefore) });
  s3.on(DeleteObjectCommand).resolves({});
  await blobs.remove(hash, storedBefore);
  assert.deepEqual(
    s3.commandCalls(DeleteObjectCommand).map((call) => call.args[0].input.VersionId),
    ['old', 'older'],
  );
});

test('STO-10: an object put within the second before the moment is spared, because headers tell whole seconds', async () => {
  for (const [before, deleted] of [
    [at, 0],
    [at + 999, 0],
    [at + 1_000, 1],
  ] as const) {
    const { s3, blobs } = mocked();
    s3.on(HeadObjectCommand).resolves({ LastModified: new Date(at) });
    s3.on(DeleteObjectCommand).resolves({});
    await blobs.remove(hash, epochMs(before));
    assert.equal(s3.commandCalls(DeleteObjectCommand).length, deleted);
  }
});

test('FLT-1: throttling, 5xx and no answer are StoreUnavailable, other refusals StoreRefused; the cause is kept', async () => {
  for (const [failure, expected] of [
    [answer('SlowDown', 503), StoreUnavailable],
    [answer('InternalError', 500), StoreUnavailable],
    [answer('TooManyRequests', 429), StoreUnavailable],
    [answer('RequestTimeout', 400), StoreUnavailable],
    [Object.assign(new Error('socket hang up'), { $metadata: { attempts: 3 } }), StoreUnavailable],
    [answer('AccessDenied', 403), StoreRefused],
    [answer('NoSuchBucket', 404), StoreRefused],
  ] as const) {
    const { s3, blobs } = mocked();
    s3.onAnyCommand().rejects(failure);
    const fails = (error: unknown) => error instanceof expected && error.cause === failure;
    await assert.rejects(blobs.put(body), fails, failure.message);
    await assert.rejects(blobs.get(hash), fails);
    await assert.rejects(blobs.list(), fails);
    // A HEAD cannot tell a missing bucket from a missing object; every other call has said so before a sweep begins.
    if (failure.name !== 'NoSuchBucket') await assert.rejects(blobs.remove(hash), fails);
  }
});

test('a mistake in our own code is not dressed up as an outage', async () => {
  const { s3, blobs } = mocked();
  s3.on(GetObjectCommand).rejects(new TypeError('our bug'));
  await assert.rejects(blobs.get(hash), TypeError);
});

test('a body that breaks off after its headers is StoreUnavailable', async () => {
  const { s3, blobs } = mocked();
  const broken = { transformToByteArray: () => Promise.reject(new Error('aborted')) };
  s3.on(GetObjectCommand).resolves({ Body: broken as never });
  await assert.rejects(blobs.get(hash), StoreUnavailable);
});
