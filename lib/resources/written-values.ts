import { fromBase64 } from '../base/base64.ts';
import type { SecretValues } from './secret-facts.ts';
import { MASK } from './secret-mask.ts';
import type { WrittenSecret } from './secret-spec.ts';

/** What a text under `data` stands for; `undefined` for no base64. The bare mask is as good as the encoded one: people read that. */
export const writtenValue = (text: string): Uint8Array | undefined =>
  text === MASK ? new TextEncoder().encode(MASK) : fromBase64(text);

/** The values as they were written, texts laid over bytes. Values that are no base64 are left out: no such document passes its checks. */
export function writtenValues({ data = {}, stringData = {} }: WrittenSecret): SecretValues {
  const utf8 = new TextEncoder();
  const values = new Map<string, Uint8Array>();
  for (const [name, text] of Object.entries(data)) {
    const bytes = writtenValue(text);
    if (bytes) values.set(name, bytes);
  }
  for (const [name, text] of Object.entries(stringData)) values.set(name, utf8.encode(text));
  return values;
}
