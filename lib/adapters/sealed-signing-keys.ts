import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { RecordKey, Records } from '../ports/records.ts';
import { SealBroken, type SecretBox, SecretKeyUnavailable } from '../ports/secret-box.ts';
import { type SigningKey, type SigningKeys, SigningKeyUnavailable } from '../ports/signing-keys.ts';
import { readSigningKey } from './signing-key.ts';

export interface SealedSigningKeysOptions {
  readonly records: Pick<Records, 'get' | 'putIf' | 'removeIf'>;
  readonly box: Pick<SecretBox, 'seal' | 'open'>;
}

interface SealedKey {
  readonly sealed: string;
}

/** Keys that lie in the store, encrypted as the values of Secrets are: whoever has the store without the key of the box has none of them. */
export function sealedSigningKeys({ records, box }: SealedSigningKeysOptions): SigningKeys {
  return {
    async make() {
      const id = randomUUID();
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const sealed = await box.seal(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })), placeOf(id));
      await records.putIf<SealedKey>(keyOf(id), { sealed }, undefined);
      return id;
    },
    async open(id): Promise<SigningKey> {
      const stored = await records.get<SealedKey>(keyOf(id));
      if (!stored) throw new SigningKeyUnavailable(id, 'the store does not have it');
      try {
        return readSigningKey(id, await box.open(stored.record.sealed, placeOf(id)));
      } catch (cause) {
        if (!(cause instanceof SealBroken || cause instanceof SecretKeyUnavailable)) throw cause;
        throw new SigningKeyUnavailable(id, cause.message, cause);
      }
    },
    async discard(id) {
      const stored = await records.get(keyOf(id));
      if (stored) await records.removeIf(keyOf(id), stored.etag);
    },
  };
}

const keyOf = (id: string): RecordKey => ({ partition: 'authority-keys', id });

/** Where a sealed key belongs: its text opens under no other name. */
const placeOf = (id: string): string => `authority-key/${id}`;
