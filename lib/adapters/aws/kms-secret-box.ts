import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { durationMs, type EpochMs, plus } from '../../base/brand.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Records } from '../../ports/records.ts';
import { SealBroken, type SecretBox, SecretKeyUnavailable } from '../../ports/secret-box.ts';
import { decrypt, encrypt, keyedHash } from '../secret-cipher.ts';
import { isAnswer } from './aws-errors.ts';

export interface KmsSecretBoxOptions {
  readonly client: KMSClient;
  /** Id, ARN or alias of a symmetric key; the role needs GenerateDataKey to seal and Decrypt to open. */
  readonly keyId: string;
  /** Where the encrypted key of the fingerprints is kept, for all processes. */
  readonly records: Pick<Records, 'get' | 'putIf'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** A data key, and the form in which KMS opens it again. */
interface DataKey {
  readonly key: Uint8Array;
  readonly wrapped: string;
}

/** So long a process seals with one data key. */
const SEALS_FOR = durationMs(60 * 60_000);

/** So many data keys are remembered open; a request to KMS each beyond that. */
const REMEMBERED_KEYS = 200;

/** What a data key is for: KMS opens it for nothing else, and its own log shows it. */
type Purpose = 'seal' | 'fingerprint';

const FINGERPRINT_KEY = { partition: 'secret-box', id: 'fingerprint-key' } as const;

/**
 * Envelopes: values are encrypted here with data keys, and those by KMS. A sealed text brings its encrypted data key along
 * (`k1.KEY.BODY`), so that whoever may ask KMS can open it, and nobody else.
 */
export function kmsSecretBox(options: KmsSecretBoxOptions): SecretBox {
  const { clock } = options;
  const open = leastRecentlyUsed<string, Promise<Uint8Array>>({ max: REMEMBERED_KEYS });
  let sealing: { readonly key: Promise<DataKey>; readonly until: EpochMs } | undefined;
  let hashKey: Promise<Uint8Array> | undefined;
  const sealingKey = (): Promise<DataKey> => {
    if (sealing === undefined || sealing.until <= clock.now()) {
      const key = newDataKey(options, 'seal');
      sealing = { key, until: plus(clock.now(), SEALS_FOR) };
      key.catch(() => (sealing = undefined));
    }
    return sealing.key;
  };
  const unwrapped = (wrapped: string, place: string): Promise<Uint8Array> => {
    const known = open.get(wrapped);
    if (known) return known;
    const key = unwrap(options, { wrapped, place, purpose: 'seal' });
    open.set(wrapped, key);
    key.catch(() => open.delete(wrapped));
    return key;
  };
  return {
    async seal(value, place) {
      const { key, wrapped } = await sealingKey();
      return `k1.${wrapped}.${encrypt(key, value, place).toString('base64')}`;
    },
    async open(sealed, place) {
      const [version, wrapped = '', body = ''] = sealed.split('.');
      if (version !== 'k1') throw new SealBroken(place, 'it was not sealed with a key of KMS');
      return decrypt(await unwrapped(wrapped, place), Buffer.from(body, 'base64'), place);
    },
    async fingerprint(value, place) {
      hashKey ??= fingerprintKey(options);
      hashKey.catch(() => (hashKey = undefined));
      return keyedHash(await hashKey, value, place);
    },
  };
}

const contextOf = (purpose: Purpose) => ({ 'pilotless:purpose': purpose });

async function newDataKey({ client, keyId }: KmsSecretBoxOptions, purpose: Purpose): Promise<DataKey> {
  const command = new GenerateDataKeyCommand({
    ...{ KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: contextOf(purpose) },
  });
  const { Plaintext, CiphertextBlob } = await asking(() => client.send(command));
  if (!Plaintext || !CiphertextBlob) throw new SecretKeyUnavailable('KMS answered without a key');
  return { key: Plaintext, wrapped: Buffer.from(CiphertextBlob).toString('base64') };
}

interface Wrapped {
  readonly wrapped: string;
  readonly place: string;
  readonly purpose: Purpose;
}

async function unwrap(
  { client, keyId }: KmsSecretBoxOptions,
  { wrapped, place, purpose }: Wrapped,
): Promise<Uint8Array> {
  const blob = Buffer.from(wrapped, 'base64');
  if (blob.byteLength === 0) throw new SealBroken(place, 'it has no data key');
  const command = new DecryptCommand({ KeyId: keyId, CiphertextBlob: blob, EncryptionContext: contextOf(purpose) });
  try {
    const { Plaintext } = await client.send(command);
    if (Plaintext) return Plaintext;
  } catch (cause) {
    const isOfAnother = isAnswer(cause, 'InvalidCiphertextException', 'IncorrectKeyException');
    if (isOfAnother) throw new SealBroken(place, 'its data key belongs to another key of KMS');
    throw unavailable(cause);
  }
  throw new SecretKeyUnavailable('KMS answered without a key');
}

/** One key for all processes; whoever comes first makes it, and the others find it. */
async function fingerprintKey(options: KmsSecretBoxOptions): Promise<Uint8Array> {
  const { records } = options;
  const stored = await records.get<{ readonly wrapped: string }>(FINGERPRINT_KEY);
  if (stored)
    return unwrap(options, { wrapped: stored.record.wrapped, place: 'the fingerprints', purpose: 'fingerprint' });
  const { key, wrapped } = await newDataKey(options, 'fingerprint');
  if (await records.putIf(FINGERPRINT_KEY, { wrapped }, undefined)) return key;
  return fingerprintKey(options);
}

async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw unavailable(cause);
  }
}

function unavailable(cause: unknown): SecretKeyUnavailable {
  const word = cause instanceof Error ? cause.name : 'no answer';
  return new SecretKeyUnavailable(`KMS refused or did not answer (${word})`, cause);
}
