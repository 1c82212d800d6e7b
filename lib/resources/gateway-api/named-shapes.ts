import { z } from 'zod';
import { labelSelector } from '../field-shapes.ts';

/**
 * Shapes that Gateway, ListenerSet and the kinds beside them share. Lengths and letters of names are checked in `name-checks.ts`,
 * whose messages say more than a pattern. Source: the Gateway API's CRDs.
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

/** A label selector, which the Gateway API has for namespaces alone. */
export const namespaceSelector = labelSelector.describe(
  'Labels of the namespaces that are meant; kubernetes.io/metadata.name is the name of each.',
);
