import { randomBytes } from 'node:crypto';
import type { SecretBox } from '../../ports/secret-box.ts';
import { derivedKey, keyedHash, openWith, SECRET_KEY_BYTES, sealWith } from '../secret-cipher.ts';

/** A box whose key lives as long as the process, for tests and `serve --in-memory`. Boxes of one key open each other's texts. */
export function memorySecretBox(key: Uint8Array = randomBytes(SECRET_KEY_BYTES)): SecretBox {
  const keys = { sealing: key, all: [key] };
  const hashKey = derivedKey(key, 'pilotless fingerprint');
  return {
    seal: async (value, place) => sealWith(keys, value, place),
    open: async (sealed, place) => openWith(keys, sealed, place),
    fingerprint: async (value, place) => keyedHash(hashKey, value, place),
  };
}
