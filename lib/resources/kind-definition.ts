import type { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import type { FindingLog } from './finding.ts';
import type { ObjectMeta } from './metadata.ts';

/**
 * How a kind finds the proxies it speaks to:
 * `exported` by exportTo from its namespace; `workload` by a selector on the proxy's labels; `gateway` by a selector on routers;
 * `scope` by being the one sidecar scope of a workload; `services` only through the services it gives endpoints to; `secrets` by being
 * named where TLS is set up; `mesh` all of them.
 */
export type Reach = 'exported' | 'workload' | 'gateway' | 'scope' | 'services' | 'secrets' | 'mesh';

/** What a kind's own rules look at: the body as it was written and the metadata with its namespace filled in. */
export interface Subject<Spec> {
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
}

/** All that has to be known about one kind in order to read, check, store and address its documents. */
export interface KindDefinition<Schema extends z.ZodType = z.ZodType> {
  /** API group; empty for Kubernetes' core group. */
  readonly group: string;
  /** The word that documents say as their `kind`, where it is not the kind's own name because another group had that first. */
  readonly documentKind?: string;
  /** Every version that is read, the preferred one first. All versions have the same shape. */
  readonly versions: readonly [string, ...string[]];
  /** Last segment of the collection's path. */
  readonly plural: string;
  readonly isNamespaced: boolean;
  /** Where the body stands in a document: under `spec`, or at the document's root beside `metadata`. A Resource has it in `spec` either way. */
  readonly body: 'spec' | 'root';
  readonly reach: Reach;
  readonly schema: Schema;
  /** Rules that the shape cannot say. Called only with a body that fits the schema, which is why it is written as a method: rows of all kinds fit one table. */
  validate(subject: Subject<Immutable<z.infer<Schema>>>, log: FindingLog): void;
}
