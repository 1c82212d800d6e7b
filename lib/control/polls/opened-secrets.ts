import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import { toBase64 } from '../../base/base64.ts';
import type { ProtoJson } from '../../envoy/envoy-resource.ts';
import { encodeSecret, readSealedSecret, valuesOf } from '../../envoy/secret.ts';
import { canonicalJson, hashBytes } from '../../base/hashing.ts';
import { XDS_TYPES } from '../../envoy/xds-types.ts';
import type { SecretValueIr } from '../../ir/secret.ts';
import type { SecretBox } from '../../ports/secret-box.ts';
import type { PartBytes } from './offer.ts';

/** Makes of a secret as a snapshot keeps it what is sent for it. */
export type OpenSecret = (kept: PartBytes) => Promise<PartBytes>;

/** Opened secrets that a process holds, by what they were opened from: enough for the proxies that poll at one time. */
const OPENED_SECRETS = 256;

/**
 * Opens secrets at the moment when a proxy that may have them asks (STO-9, TC-9): one that changed is another one, and is opened anew. Throws
 * what the box throws.
 */
export function secretOpener(box: Pick<SecretBox, 'open'>): OpenSecret {
  const opened = leastRecentlyUsed<string, Promise<PartBytes>>({ max: OPENED_SECRETS });
  return (kept) => {
    const text = kept.map((bytes) => utf8.decode(bytes)).join('');
    const key = hashBytes(text);
    const known = opened.get(key);
    if (known) return known;
    const opening = open(box, JSON.parse(text) as ProtoJson);
    opened.set(key, opening);
    opening.catch(() => opened.delete(key)); // a key that is out of reach comes back
    return opening;
  };
}

async function open(box: Pick<SecretBox, 'open'>, body: ProtoJson): Promise<PartBytes> {
  const secret = readSealedSecret(body);
  const pairs = valuesOf(secret).map(
    async (value) =>
      [value, value.form === 'plain' ? value.base64 : toBase64(await box.open(value.box, value.place))] as const,
  );
  const base64 = new Map<SecretValueIr, string>(await Promise.all(pairs));
  const sent = encodeSecret(secret, (value) => base64.get(value) ?? '');
  return [new TextEncoder().encode(canonicalJson({ '@type': XDS_TYPES.secrets.typeUrl, ...sent }))];
}

const utf8 = new TextDecoder();
