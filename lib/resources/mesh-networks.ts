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
          .array(z.strictObject({ fromCidr: z.string().exactOptional(), fromRegistry: z.string().exactOptional() }))
          .exactOptional(),
        gateways: z
          .array(
            z.strictObject({
              registryServiceName: z.string().exactOptional(),
              address: z.string().exactOptional(),
              port: uint32.exactOptional(),
              locality: z.string().exactOptional(),
            }),
          )
          .exactOptional(),
      }),
    )
    .exactOptional(),
});

export type MeshNetworksSpec = Immutable<z.infer<typeof meshNetworks>>;
