import type { z } from 'zod';
import type { Brand } from '../base/brand.ts';
import type { Immutable } from '../base/immutable.ts';
import type { Kind, kinds } from './kinds.ts';
import type { ObjectMeta } from './metadata.ts';
import type { SealedSecret } from './secret-spec.ts';

/** Bodies that are stored in another form than the one in which people write them. */
interface StoredForms {
  readonly Secret: SealedSecret;
}

/**
 * The body of each kind, as people write it: nothing filled in, durations still texts. The one of a kind that is stored in another
 * form is either.
 */
export type SpecOf<K extends Kind> =
  Immutable<z.infer<(typeof kinds)[K]['schema']>> | (K extends keyof StoredForms ? StoredForms[K] : never);

/**
 * One document that fits its kind's schema and rules. `spec` is the body as it was written, for every kind: what stands at the
 * root of an EndpointSlice is in `spec` here. For more than one kind it is a union that `kind` tells apart.
 */
export type Resource<K extends Kind = Kind> = {
  readonly [Each in K]: {
    readonly apiVersion: string;
    readonly kind: Each;
    readonly metadata: ObjectMeta;
    readonly spec: SpecOf<Each>;
    /** As it was written; nothing checks it but who reads it. */
    readonly status?: Readonly<Record<string, unknown>>;
  };
}[K];

/** Identity of a resource among all others: `Kind/namespace/name`, with an empty namespace for kinds that have none. */
export type ResourceKey = Brand<string, 'ResourceKey'>;

export function resourceKey(kind: Kind, namespace: string, name: string): ResourceKey {
  return `${kind}/${namespace}/${name}` as ResourceKey;
}

export const keyOf = (resource: Resource): ResourceKey =>
  resourceKey(resource.kind, resource.metadata.namespace, resource.metadata.name);
