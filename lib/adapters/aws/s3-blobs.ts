import {
  type _Object,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type EpochMs, epochMs } from '../../base/brand.ts';
import { type ContentHash, isContentHash } from '../../base/hashing.ts';
import { type BlobPage, type Blobs, STORED_AT_SLACK, type StoredBlob } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import { intact, nameOf } from '../blob-check.ts';
import { systemClock } from '../system/clock.ts';
import { calling, isAnswer, statusOf } from './aws-errors.ts';
import { mapBounded } from './map-bounded.ts';

export interface S3BlobsOptions {
  /** Its retry settings are the caller's; what is still refused after them becomes StoreUnavailable. */
  readonly client: S3Client;
  readonly bucket: string;
  /** Goes before every name, `blobs/` for example; objects under it that are no blobs are left alone. */
  readonly prefix: string;
  /** Tells whether a blob is old enough to be put again only for its `storedAt`. */
  readonly clock?: Pick<Clock, 'now'>;
}

type Place = Required<S3BlobsOptions>;

/** Uploads under way at once in `putAll`; half of the 50 sockets that the SDK opens by default, so that reads go on beside it. */
const PARALLEL_PUTS = 25;

/** How often a put is tried that met another conditional put of the same name at the same moment (409). */
const CONFLICT_ATTEMPTS = 5;

/** Versions of one blob that one `remove` takes away; only putting an old blob again makes more than one. */
const VERSIONS_PER_REMOVE = 20;

/**
 * Blobs as objects `<prefix><hash>` of one bucket. The role needs `s3:ListBucket`: without it S3 answers 403 instead of 404
 * for a missing object. In a bucket with versions (and with `s3:DeleteObjectVersion`), a sweep cannot take a blob that is put
 * again at the same moment.
 */
export function s3Blobs(options: S3BlobsOptions): Blobs {
  const place: Place = { clock: systemClock(), ...options };
  return {
    put: (bytes) => put(place, bytes),
    putAll: (bodies) => mapBounded(bodies, PARALLEL_PUTS, (bytes) => put(place, bytes)),
    get: (hash) => get(place, hash),
    list: (cursor) => list(place, cursor),
    remove: (hash, storedBefore) => remove(place, hash, storedBefore),
  };
}

async function put(place: Place, bytes: Uint8Array): Promise<ContentHash> {
  const hash = nameOf(bytes);
  for (let attempt = 1; ; attempt++) {
    const met = await upload(place, { hash, bytes, ifAbsent: true });
    if (met === 'stored') return hash;
    if (met === 'exists') {
      if (!(await isYoungAndWhole(place, hash, bytes.byteLength)))
        await upload(place, { hash, bytes, ifAbsent: false });
      return hash;
    }
    if (attempt === CONFLICT_ATTEMPTS) throw new StoreUnavailable(`blob ${hash}`);
  }
}

interface Upload {
  readonly hash: ContentHash;
  readonly bytes: Uint8Array;
  /** False only to renew `storedAt`: the object that is replaced has the same name, hence the same bytes. */
  readonly ifAbsent: boolean;
}

/** The name is the checksum as well, so S3 itself refuses bytes that were damaged on the way. */
async function upload(place: Place, { hash, bytes, ifAbsent }: Upload): Promise<'stored' | 'exists' | 'conflict'> {
  const command = new PutObjectCommand({
    ...objectOf(place, hash),
    Body: bytes,
    ContentLength: bytes.byteLength,
    ContentType: 'application/octet-stream',
    ChecksumSHA256: Buffer.from(hash, 'hex').toString('base64'),
    ...(ifAbsent ? { IfNoneMatch: '*' } : {}),
  });
  return calling(`blob ${hash}`, async () => {
    try {
      await place.client.send(command);
      return 'stored';
    } catch (error) {
      if (isAnswer(error, 'PreconditionFailed') || statusOf(error) === 412) return 'exists';
      if (isAnswer(error, 'ConditionalRequestConflict')) return 'conflict';
      throw error;
    }
  });
}

/** Whole as far as S3 says without sending the body: an object of another length under our name is replaced (STO-11). */
async function isYoungAndWhole(place: Place, hash: ContentHash, length: number): Promise<boolean> {
  const head = await headOf(place, hash);
  if (head === undefined || (head.ContentLength ?? length) !== length) return false;
  return place.clock.now() - lastPut(head) <= STORED_AT_SLACK;
}

async function get(place: Place, hash: ContentHash): Promise<Uint8Array | undefined> {
  const answer = await calling(`blob ${hash}`, async () => {
    try {
      return await place.client.send(new GetObjectCommand(objectOf(place, hash)));
    } catch (error) {
      if (isAnswer(error, 'NoSuchKey')) return undefined;
      throw error;
    }
  });
  if (answer?.Body === undefined) return undefined;
  return intact(hash, await readWhole(hash, answer.Body));
}

type ObjectBody = NonNullable<GetObjectCommandOutput['Body']>;

/** The SDK's retries end with the headers; a body that breaks off after them is ours to report. */
async function readWhole(hash: ContentHash, body: ObjectBody): Promise<Uint8Array> {
  try {
    return await body.transformToByteArray();
  } catch (cause) {
    throw new StoreUnavailable(`blob ${hash}`, cause);
  }
}

async function list({ client, bucket, prefix }: Place, cursor?: string): Promise<BlobPage> {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    ...(cursor === undefined ? {} : { StartAfter: prefix + cursor }),
  });
  const { Contents = [], IsTruncated } = await calling('blobs', () => client.send(command));
  const blobs = Contents.flatMap((object) => toStoredBlob(object, prefix));
  const last = Contents.at(-1)?.Key?.slice(prefix.length);
  return last !== undefined && IsTruncated === true ? { blobs, cursor: last } : { blobs };
}

/** Nothing for an object that is no blob: the console leaves markers behind where someone made a folder. */
function toStoredBlob({ Key = '', Size = 0, LastModified }: _Object, prefix: string): StoredBlob[] {
  const name = Key.slice(prefix.length);
  if (!isContentHash(name) || LastModified === undefined) return [];
  return [{ hash: name, bytes: Size, storedAt: epochMs(LastModified.getTime()) }];
}

/**
 * Deletes exactly the versions it found old enough, where the bucket keeps versions: one that is put meanwhile is another
 * version, and stays. No delete marker is left behind.
 */
async function remove(place: Place, hash: ContentHash, storedBefore?: EpochMs): Promise<void> {
  for (let removed = 0; removed < VERSIONS_PER_REMOVE; removed++) {
    const head = await headOf(place, hash);
    if (head === undefined) return;
    if (storedBefore !== undefined && lastPut(head) + LAST_PUT_UNIT_MS > storedBefore) return;
    const { VersionId } = head;
    const command = new DeleteObjectCommand({
      ...objectOf(place, hash),
      ...(VersionId === undefined ? {} : { VersionId }),
    });
    await calling(`blob ${hash}`, () => place.client.send(command));
    if (VersionId === undefined) return;
  }
}

async function headOf(place: Place, hash: ContentHash): Promise<HeadObjectCommandOutput | undefined> {
  return calling(`blob ${hash}`, async () => {
    try {
      return await place.client.send(new HeadObjectCommand(objectOf(place, hash)));
    } catch (error) {
      // A HEAD has no body to name the error in.
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  });
}

/** A header tells it in whole seconds, rounded down. */
const LAST_PUT_UNIT_MS = 1_000;
const lastPut = (head: HeadObjectCommandOutput): number => head.LastModified?.getTime() ?? 0;

const objectOf = ({ bucket, prefix }: Place, hash: ContentHash) => ({ Bucket: bucket, Key: `${prefix}${hash}` });
