import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { exportTo, workloadSelector } from './field-shapes.ts';
import type { KindDefinition } from './kind-definition.ts';
import { subset, trafficPolicy } from './traffic-policy-spec.ts';

const destinationRuleSpec = z.strictObject({
  host: z.string().exactOptional(),
  trafficPolicy: trafficPolicy.exactOptional(),
  subsets: z.array(subset).exactOptional(),
  exportTo: exportTo.exactOptional(),
  workloadSelector: workloadSelector.exactOptional(),
});

export type DestinationRuleSpec = Immutable<z.infer<typeof destinationRuleSpec>>;

/** DestinationRule: how connections to a host are made and shared out, and the host's subsets. */
export const destinationRule = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  plural: 'destinationrules',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: destinationRuleSpec,
  validate: () => [],
} satisfies KindDefinition<typeof destinationRuleSpec>;
