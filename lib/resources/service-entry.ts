import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { exportTo, textMap, texts, uint32 } from './field-shapes.ts';
import type { KindDefinition } from './kind-definition.ts';
import { workloadEntrySpec } from './workload-entry.ts';

const servicePort = z.strictObject({
  number: uint32.exactOptional(),
  protocol: z.string().exactOptional(),
  name: z.string().exactOptional(),
  targetPort: uint32.exactOptional(),
});

const serviceEntrySpec = z.strictObject({
  hosts: texts.exactOptional(),
  addresses: texts.exactOptional(),
  ports: z.array(servicePort).exactOptional(),
  location: z.enum(['MESH_EXTERNAL', 'MESH_INTERNAL']).exactOptional(),
  resolution: z.enum(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS']).exactOptional(),
  endpoints: z.array(workloadEntrySpec).exactOptional(),
  /** Unlike the policies' selectors this one calls its member `labels`. */
  workloadSelector: z.strictObject({ labels: textMap.exactOptional() }).exactOptional(),
  exportTo: exportTo.exactOptional(),
  subjectAltNames: texts.exactOptional(),
});

export type ServiceEntrySpec = Immutable<z.infer<typeof serviceEntrySpec>>;
export type ServiceEntryPort = Immutable<z.infer<typeof servicePort>>;

/** ServiceEntry: a service, inside the mesh or outside, by its host names. */
export const serviceEntry = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  plural: 'serviceentries',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: serviceEntrySpec,
  validate: () => [],
} satisfies KindDefinition<typeof serviceEntrySpec>;
