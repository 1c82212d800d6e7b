import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { uint32 } from './field-shapes.ts';
import type { KindDefinition } from './kind-definition.ts';
import { meshConfig } from './mesh-config.ts';

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

const meshSpec = z.strictObject({ meshConfig: meshConfig.exactOptional(), meshNetworks: meshNetworks.exactOptional() });

export type MeshSpec = Immutable<z.infer<typeof meshSpec>>;
export type MeshNetworksSpec = Immutable<z.infer<typeof meshNetworks>>;

/** Name of the one Mesh that counts; the settings of the whole mesh. */
export const meshName = 'default';

/** Mesh: settings of the whole mesh, in Istio's MeshConfig and MeshNetworks. There is one, called `default`. */
export const mesh = {
  group: 'pilotless.dev',
  versions: ['v1'],
  plural: 'meshes',
  isNamespaced: false,
  body: 'spec',
  reach: 'mesh',
  schema: meshSpec,
  validate: () => [],
} satisfies KindDefinition<typeof meshSpec>;
