import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { SealBroken } from '../ports/secret-box.ts';

/** A key has so many bytes: that of AES-256. */
export const SECRET_KEY_BYTES = 32;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** Nonce, encrypted value, tag (AES-256-GCM), with the place as what is authenticated beside. */
export function encrypt(key: Uint8Array, value: Uint8Array, place: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
}

/** Throws SealBroken for bytes that were not made by `encrypt` with this key and place. */
export function decrypt(key: Uint8Array, sealed: Uint8Array, place: string): Uint8Array {
  if (sealed.byteLength < NONCE_BYTES + TAG_BYTES) throw new SealBroken(place, 'it is too short');
  const end = sealed.byteLength - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(end));
  try {
    return Uint8Array.from(Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()]));
  } catch {
    throw new SealBroken(place, 'it was changed, or belongs elsewhere');
  }
}

/** A key for one purpose, made of another key; who has it cannot work out the other. */
export function derivedKey(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), purpose, SECRET_KEY_BYTES));
}

/** Keyed hash of a value and its place (HMAC-SHA-256, cut to 128 bits). */
export function keyedHash(key: Uint8Array, value: Uint8Array, place: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(place));
  return createHmac('sha256', key).update(length).update(place).update(value).digest('hex').slice(0, 32);
}

/** By which of several keys a text was sealed: enough to find it, and nothing by which it could be guessed. */
const keyName = (key: Uint8Array): string =>
  Buffer.from(derivedKey(key, 'pilotless key name')).toString('hex').slice(0, 16);

/** Box over keys that are at hand: the first seals, all of them open. */
export interface HeldKeys {
  readonly sealing: Uint8Array;
  readonly all: readonly Uint8Array[];
}

/** `v1.KEYNAME.BASE64` */
export function sealWith({ sealing }: HeldKeys, value: Uint8Array, place: string): string {
  return `v1.${keyName(sealing)}.${encrypt(derivedKey(sealing, 'pilotless seal'), value, place).toString('base64')}`;
}

export function openWith({ all }: HeldKeys, sealed: string, place: string): Uint8Array {
  const [version, name, body = ''] = sealed.split('.');
  const key = version === 'v1' ? all.find((each) => keyName(each) === name) : undefined;
  if (key === undefined) throw new SealBroken(place, `it was sealed with the key ${name ?? '?'}, which is not here`);
  return decrypt(derivedKey(key, 'pilotless seal'), Buffer.from(body, 'base64'), place);
}
