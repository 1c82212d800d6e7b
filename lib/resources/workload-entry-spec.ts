import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { uint32 } from './field-shapes.ts';

/** Also the shape of an endpoint written inside a ServiceEntry. */
export const workloadEntrySpec = z.strictObject({
  /** IP address, host name, or `unix:///path`. */
  address: z.string().max(256).exactOptional(),
  /** Port name of the service to port number here. */
  ports: z.record(z.string(), uint32).exactOptional(),
  labels: z.record(z.string(), z.string()).exactOptional(),
  network: z.string().max(2048).exactOptional(),
  /** `region/zone/subzone`. */
  locality: z.string().max(2048).exactOptional(),
  weight: uint32.exactOptional(),
  serviceAccount: z.string().max(253).exactOptional(),
});

export type WorkloadEntrySpec = Immutable<z.infer<typeof workloadEntrySpec>>;
