import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import type { SecretFacts } from './secret-facts.ts';

/** Values that are not shown again: no message quotes them. */
const secretTexts = z.record(z.string(), z.string().meta({ writeOnly: true })).meta({ writeOnly: true });

export const secretBody = z
  .strictObject({
    type: z
      .string()
      .exactOptional()
      .describe(
        'What the values are for: kubernetes.io/tls for a certificate with its key; Opaque, the default, for any.',
      ),
    data: secretTexts
      .exactOptional()
      .describe('The values by name, in base64. They are stored encrypted and shown as [masked].'),
    stringData: secretTexts.exactOptional().describe('Values as plain text, laid over data; they are shown there.'),
    immutable: z.boolean().exactOptional().describe('Whether the values can be changed only by deleting the Secret.'),
  })
  .describe('Values that only those may have who need them: certificates with their keys, authorities, passwords.');

/** The type of a Secret that does not say one. */
export const OPAQUE = 'Opaque';

/** A Secret as people write it. */
export type WrittenSecret = Immutable<z.infer<typeof secretBody>>;

/** One value as it is stored. */
export interface SealedValue {
  /** Keyed hash of the value and its place: equal for the same value at the same place, and of no use without the key. */
  readonly fingerprint: string;
  /** The encrypted value, as text; only the secret box that made it can open it, and only for the place that it was made for. */
  readonly box: string;
}

/** A Secret as it is stored: no value of it can be read (STO-9), and what is public is beside. */
export interface SealedSecret {
  readonly type: string;
  readonly immutable?: boolean;
  /** By name of the value. */
  readonly sealed: Readonly<Record<string, SealedValue>>;
  readonly facts: SecretFacts;
  /** Parts that no proxy could use as they are now, as they were when they last could be used. */
  readonly lastGood?: LastGoodParts;
}

/** By part; a part that can be used, or that is gone on purpose, has none. */
export type LastGoodParts = { readonly [Part in SecretPart]?: ServedPart<Part> };

/** What a proxy may want of a Secret: the certificate by which it proves itself with its key, or the authorities that it trusts. */
export type SecretPart = 'pair' | 'trust';

/** A part that proxies can use, with the values that make it up. */
export interface ServedPart<Part extends SecretPart = SecretPart> {
  readonly sealed: Readonly<Record<string, SealedValue>>;
  readonly facts: NonNullable<SecretFacts[Part]>;
}
