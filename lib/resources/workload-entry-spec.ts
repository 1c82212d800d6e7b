import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { uint32 } from './field-shapes.ts';

/** Also the shape of an endpoint written inside a ServiceEntry. */
export const workloadEntrySpec = z
  .strictObject({
    address: z.string().max(256).exactOptional().describe('IP address, host name, or unix:///path of a socket.'),
    ports: z
      .record(z.string(), uint32)
      .exactOptional()
      .describe("Ports of this instance by the names of the service's ports, where they differ from the service's."),
    labels: z
      .record(z.string(), z.string())
      .exactOptional()
      .describe('Labels by which services and policies find this instance.'),
    network: z
      .string()
      .max(2048)
      .exactOptional()
      .describe('The network that it is in; instances of one network reach each other directly.'),
    locality: z.string().max(2048).exactOptional().describe('Where it runs, as region/zone/subzone.'),
    weight: uint32.exactOptional().describe('Share of the traffic, in relation to the other instances.'),
    serviceAccount: z
      .string()
      .max(253)
      .exactOptional()
      .describe('The account that it runs under, which is its identity.'),
  })
  .describe('One running instance, which services select by its labels.');

export type WorkloadEntrySpec = Immutable<z.infer<typeof workloadEntrySpec>>;
