import { z } from 'zod';
import { textMap } from '../field-shapes.ts';

/**
 * Shapes that several kinds of the Gateway API share. Lengths and letters of names are checked by `checkName` and its like, whose
 * messages say more than a pattern. Source: the Gateway API's CRDs.
 */

/** Another object, by group, kind and name; the namespace where it may be another one. */
export const objectReference = z.strictObject({
  group: z.string().exactOptional().describe('API group of that object; empty for the core group.'),
  kind: z.string().exactOptional().describe('Kind of that object.'),
  name: z.string().exactOptional().describe('Name of that object.'),
  namespace: z
    .string()
    .exactOptional()
    .describe('Its namespace; the own one unless it is said. Another one needs a ReferenceGrant there.'),
});

/** Another object of the same namespace. */
export const localReference = objectReference.omit({ namespace: true });

/** Label selector of the Gateway API: all parts must hold. */
export const namespaceSelector = z
  .strictObject({
    matchLabels: textMap.exactOptional().describe('Labels that must be there, all of them.'),
    matchExpressions: z
      .array(
        z.strictObject({
          key: z.string().exactOptional().describe('The label that it is about.'),
          operator: z.string().exactOptional().describe('In, NotIn, Exists or DoesNotExist.'),
          values: z.array(z.string()).exactOptional().describe('The values for In and NotIn.'),
        }),
      )
      .exactOptional()
      .describe('Requirements on labels beyond equality; all must hold.'),
  })
  .describe('Labels of the namespaces that are meant; kubernetes.io/metadata.name is the name of each.');

export const vendorOptions = (description: string) => textMap.exactOptional().describe(description);
