import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { exportTo, textMap, texts, uint32 } from './field-shapes.ts';
import { workloadEntrySpec } from './workload-entry-spec.ts';

const servicePort = z.strictObject({
  number: uint32.exactOptional(),
  protocol: z.string().max(256).exactOptional(),
  name: z.string().max(256).exactOptional(),
  targetPort: uint32.exactOptional(),
});

export const serviceEntrySpec = z.strictObject({
  hosts: z.array(z.string()).max(256).exactOptional(),
  addresses: z.array(z.string()).max(256).exactOptional(),
  ports: z.array(servicePort).max(256).exactOptional(),
  location: z.enum(['MESH_EXTERNAL', 'MESH_INTERNAL']).exactOptional(),
  resolution: z.enum(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS']).exactOptional(),
  endpoints: z.array(workloadEntrySpec).max(4096).exactOptional(),
  /** Unlike the policies' selectors this one calls its member `labels`. */
  workloadSelector: z.strictObject({ labels: textMap.exactOptional() }).exactOptional(),
  exportTo: exportTo.exactOptional(),
  subjectAltNames: texts.exactOptional(),
});

export type ServiceEntrySpec = Immutable<z.infer<typeof serviceEntrySpec>>;
export type ServiceEntryPort = Immutable<z.infer<typeof servicePort>>;
