import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import type { FindingLog } from './finding.ts';
import type { KindDefinition, Subject } from './kind-definition.ts';
import { checkMeshConfig, checkMeshNetworks } from './mesh-checks.ts';
import { meshConfig } from './mesh-config.ts';
import { meshConfigWithDefaults } from './mesh-defaults.ts';
import { meshNetworks } from './mesh-networks.ts';
import { meshName } from './well-known-names.ts';

const meshSpec = z
  .strictObject({
    meshConfig: meshConfig.exactOptional().describe("Settings of the whole mesh, in the words of Istio's MeshConfig."),
    meshNetworks: meshNetworks.exactOptional().describe('The networks of the mesh and the gateways between them.'),
  })
  .describe('Settings of the whole mesh; there is one, called default.');

export type MeshSpec = Immutable<z.infer<typeof meshSpec>>;

/** Mesh: settings of the whole mesh, in Istio's MeshConfig and MeshNetworks. There is one, called `default`. */
export const mesh = {
  group: 'pilotless.dev',
  versions: ['v1'],
  plural: 'meshes',
  isNamespaced: false,
  body: 'spec',
  reach: 'mesh',
  schema: meshSpec,
  validate: checkMesh,
} satisfies KindDefinition<typeof meshSpec>;

function checkMesh({ metadata, spec }: Subject<MeshSpec>, log: FindingLog): void {
  if (metadata.name !== meshName) {
    const message = `a Mesh called "${metadata.name}" would have no effect; there is one, called "${meshName}"`;
    log.at('metadata.name').error('INVALID_METADATA', message);
  }
  checkMeshConfig(log.at('spec.meshConfig'), meshConfigWithDefaults(spec.meshConfig));
  if (spec.meshNetworks !== undefined) checkMeshNetworks(log.at('spec.meshNetworks'), spec.meshNetworks);
}
