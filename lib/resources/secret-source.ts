import type { FindingLog } from './finding.ts';
import type { ObjectMeta } from './metadata.ts';

/** Where the values of a Secret are kept outside of the store, and fetched from. */
export interface SecretSource {
  readonly kind: 'secrets-manager' | 'acm';
  readonly arn: string;
}

/** Annotations that name a source, in the order in which they are looked for. */
const SOURCE_ANNOTATIONS = {
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

const arns: Readonly<Record<SecretSource['kind'], RegExp>> = {
  'secrets-manager': /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/,
  acm: /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
};

/** Whether the annotations of a Secret name one source that can be asked, and no values stand beside it that would be overwritten. */
export function checkSource({ annotations = {} }: Pick<ObjectMeta, 'annotations'>, log: FindingLog): void {
  const named = Object.entries(SOURCE_ANNOTATIONS).filter(([annotation]) => annotations[annotation] !== undefined);
  for (const [annotation, kind] of named) {
    const here = log.at('metadata.annotations').member(annotation);
    if (!arns[kind].test(annotations[annotation] ?? '')) {
      here.error(
        'INVALID_METADATA',
        `is no ARN of ${kind === 'acm' ? 'a certificate in ACM' : 'a secret in Secrets Manager'}`,
      );
    }
    if (named.length > 1) here.error('CONFLICT', 'a Secret has one source; keep one of the annotations');
  }
}
