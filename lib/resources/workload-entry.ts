import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { textMap, uint32 } from './field-shapes.ts';
import type { KindDefinition } from './kind-definition.ts';

/** Also the shape of an endpoint written inside a ServiceEntry. */
export const workloadEntrySpec = z.strictObject({
  /** IP address, host name, or `unix:///path`. */
  address: z.string().exactOptional(),
  /** Port name of the service to port number here. */
  ports: z.record(z.string(), uint32).exactOptional(),
  labels: textMap.exactOptional(),
  network: z.string().exactOptional(),
  /** `region/zone/subzone`. */
  locality: z.string().exactOptional(),
  weight: uint32.exactOptional(),
  serviceAccount: z.string().exactOptional(),
});

export type WorkloadEntrySpec = Immutable<z.infer<typeof workloadEntrySpec>>;

/** WorkloadEntry: one running instance that services select by labels. */
export const workloadEntry = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  plural: 'workloadentries',
  isNamespaced: true,
  body: 'spec',
  reach: 'services',
  schema: workloadEntrySpec,
  validate: () => [],
} satisfies KindDefinition<typeof workloadEntrySpec>;
