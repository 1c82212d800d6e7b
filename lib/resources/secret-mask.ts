import { toBase64 } from '../base/base64.ts';
import { OPAQUE, type SealedSecret, type WrittenSecret } from './secret-spec.ts';

/** What stands in the place of a value that is not shown (STO-9). */
export const MASK = '[masked]';

/** The mask where only base64 may stand: programs decode what is there before they show it. */
export const MASK_BASE64 = toBase64(new TextEncoder().encode(MASK));

/** Whether a value that somebody wrote is the one that was shown, in either form: the stored value is meant. */
export function isMask(bytes: Uint8Array): boolean {
  return bytes.byteLength === MASK.length && new TextDecoder().decode(bytes) === MASK;
}

/** Body of a Secret as it may be shown, whether it is stored yet or not: the names are there, the values are not. */
export function maskedSecret(spec: WrittenSecret | SealedSecret): WrittenSecret {
  const { type, immutable } = spec;
  const names = 'sealed' in spec ? Object.keys(spec.sealed) : Object.keys({ ...spec.data, ...spec.stringData });
  const data = Object.fromEntries(names.sort().map((name) => [name, MASK_BASE64]));
  return {
    type: type || OPAQUE,
    ...(names.length > 0 && { data }),
    ...(immutable !== undefined && { immutable }),
  };
}
