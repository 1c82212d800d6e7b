import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';

const textMap = z.record(z.string(), z.string());

/**
 * What a document says about itself. Fields beyond these (managedFields, ownerReferences, finalizers, …) are Kubernetes'
 * own bookkeeping, which exported objects carry; they are kept as written and mean nothing here.
 */
export const objectMeta = z.looseObject({
  name: z.string(),
  /** Empty for kinds without a namespace. */
  namespace: z.string(),
  labels: textMap.exactOptional(),
  annotations: textMap.exactOptional(),
  /** RFC 3339. Absent on a document that was never stored; such objects count as equally old. */
  creationTimestamp: z.string().exactOptional(),
  resourceVersion: z.string().exactOptional(),
  uid: z.string().exactOptional(),
  /** Grows by one with each change of the body. */
  generation: z.int().exactOptional(),
});

export type ObjectMeta = Immutable<z.infer<typeof objectMeta>>;
