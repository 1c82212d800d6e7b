import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { type SigningKeys, SigningKeyUnavailable } from '../../ports/signing-keys.ts';
import { heldSigningKey } from '../signing-key.ts';

/** Keys that live as long as the map that holds them, for tests. */
export function memorySigningKeys(held: Map<string, KeyObject> = new Map()): SigningKeys {
  return {
    async make() {
      const id = randomUUID();
      held.set(id, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
      return id;
    },
    async open(id) {
      const key = held.get(id);
      if (!key) throw new SigningKeyUnavailable(id, 'it is not here');
      return heldSigningKey(id, key);
    },
    discard: async (id) => void held.delete(id),
  };
}
