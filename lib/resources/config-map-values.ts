import { fromBase64 } from '../base/base64.ts';
import type { ConfigMapBody } from './config-map-spec.ts';
import { secretFacts, type TrustFacts } from './secret-facts.ts';

/** The values by name. */
export function configMapValues({ data = {}, binaryData = {} }: ConfigMapBody): ReadonlyMap<string, Uint8Array> {
  const utf8 = new TextEncoder();
  return new Map([
    ...Object.entries(data).map(([name, text]) => [name, utf8.encode(text)] as const),
    ...Object.entries(binaryData).map(([name, text]) => [name, fromBase64(text) ?? new Uint8Array()] as const),
  ]);
}

/** The authorities in a ConfigMap; `undefined` where nothing is meant to be any. */
export const configMapTrust = (body: ConfigMapBody): TrustFacts | undefined => secretFacts(configMapValues(body)).trust;
