import type { ObjectMeta } from './metadata.ts';

/** Where the values of a Secret are kept outside of the store, and fetched from. */
export interface SecretSource {
  readonly kind: 'secrets-manager' | 'acm';
  readonly arn: string;
}

/** Annotations that name a source, in the order in which they are looked for. */
export const SOURCE_ANNOTATIONS = {
  'pilotless.dev/secrets-manager-arn': 'secrets-manager',
  'pilotless.dev/acm-arn': 'acm',
} as const satisfies Readonly<Record<string, SecretSource['kind']>>;

/** Where the values of a Secret come from; `undefined` for one whose values are uploaded with it. */
export function sourceOf({ annotations }: Pick<ObjectMeta, 'annotations'>): SecretSource | undefined {
  for (const [annotation, kind] of Object.entries(SOURCE_ANNOTATIONS)) {
    const arn = annotations?.[annotation];
    if (arn !== undefined) return { kind, arn };
  }
  return undefined;
}
