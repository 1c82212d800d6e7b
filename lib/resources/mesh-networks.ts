import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { uint32 } from './field-shapes.ts';

/** Shape of Istio's MeshNetworks: which endpoints are in which network, and by which gateways it is entered. */
export const meshNetworks = z.strictObject({
  networks: z
    .record(
      z.string(),
      z.strictObject({
        endpoints: z
          .array(
            z.strictObject({
              fromCidr: z.string().exactOptional().describe('Instances with addresses of this network (CIDR).'),
              fromRegistry: z.string().exactOptional().describe('Instances of this cluster.'),
            }),
          )
          .exactOptional()
          .describe('Which instances are in the network.'),
        gateways: z
          .array(
            z.strictObject({
              registryServiceName: z.string().exactOptional().describe('The service whose addresses the gateway has.'),
              address: z.string().exactOptional().describe('Address or name of the gateway.'),
              port: uint32.exactOptional().describe('Port of the gateway.'),
              locality: z.string().exactOptional().describe('Where the gateway is, as region/zone/subzone.'),
            }),
          )
          .exactOptional()
          .describe('How the network is entered from the others.'),
      }),
    )
    .exactOptional()
    .describe('The networks by name.'),
});

export type MeshNetworksSpec = Immutable<z.infer<typeof meshNetworks>>;
