import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { workloadSelector } from './field-shapes.ts';

const targetReference = z.strictObject({
  group: z
    .string()
    .exactOptional()
    .describe('API group of the object: gateway.networking.k8s.io for a Gateway, nothing for a Service.'),
  kind: z.string().exactOptional().describe('Kind of the object: Gateway, GatewayClass, Service or ServiceEntry.'),
  name: z.string().exactOptional().describe('Name of the object.'),
  namespace: z.string().exactOptional().describe("Left out, or empty: the object is in the policy's own namespace."),
});

/** Members by which a policy says whom it is for; the kinds that have them lay them among their own. */
export const policyTargetMembers = {
  selector: workloadSelector
    .exactOptional()
    .describe(
      'The workloads of the namespace that this is for; all of them, and all of the mesh in the root namespace.',
    ),
  targetRef: targetReference.exactOptional().describe('The one object that this is for; targetRefs takes several.'),
  targetRefs: z
    .array(targetReference)
    .exactOptional()
    .describe('The objects that this is for, any of them: the Gateways whose routers carry it out.'),
};

export type PolicyTargetSpec = Immutable<z.infer<z.ZodObject<typeof policyTargetMembers, z.core.$strict>>>;
export type TargetReferenceSpec = Immutable<z.infer<typeof targetReference>>;
