import type { z } from 'zod';
import type { Issue } from '../base/issue.ts';
import type { Immutable } from '../base/immutable.ts';
import type { ObjectMeta } from './metadata.ts';

/**
 * How a kind finds the proxies it speaks to:
 * `exported` by exportTo from its namespace; `workload` by a selector on the proxy's labels; `gateway` by a selector on routers;
 * `scope` by being the one sidecar scope of a workload; `services` only through the services it gives endpoints to; `mesh` all of them.
 */
export type Reach = 'exported' | 'workload' | 'gateway' | 'scope' | 'services' | 'mesh';

/** What is wrong inside one document, before it is known whose document it is. */
export type Finding = Omit<Issue, 'resource'>;

/** What a kind's own rules look at: the body as it was written and the metadata with its namespace filled in. */
export interface Subject<Spec> {
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
}

/** All that has to be known about one kind in order to read, check, store and address its documents. */
export interface KindDefinition<Schema extends z.ZodType = z.ZodType> {
  /** API group; empty for Kubernetes' core group. */
  readonly group: string;
  /** Every version that is read, the preferred one first. All versions have the same shape. */
  readonly versions: readonly [string, ...string[]];
  /** Last segment of the collection's path. */
  readonly plural: string;
  readonly isNamespaced: boolean;
  /** Where the body stands in a document: under `spec`, or at the document's root beside `metadata`. A Resource has it in `spec` either way. */
  readonly body: 'spec' | 'root';
  readonly reach: Reach;
  readonly schema: Schema;
  /** Rules that the shape cannot say. Called only with a body that fits the schema. */
  readonly validate: (subject: Subject<Immutable<z.infer<Schema>>>) => readonly Finding[];
}
