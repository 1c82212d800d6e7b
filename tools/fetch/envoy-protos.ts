import { join } from 'node:path';
import { runDependencyGoal } from './maven-project.ts';
import type { Program } from './program.ts';
import { maven } from './toolchain.ts';

const version = '1.0.49';

/** The protobuf sources of Envoy's API with everything they import; `npm run schema` builds the descriptor set from them. */
export const envoyProtos: Program = {
  version,
  purpose: "building lib/envoy's message tables again (their result is in the repository)",
  neededBy: 'schema',
  perPlatform: false,
  entry: 'proto/envoy/service/discovery/v3/discovery.proto',
  fetchedWith: maven,
  fetchInto: (directory, tool) =>
    runDependencyGoal(tool, directory, {
      artifact: { groupId: 'io.envoyproxy.controlplane', artifactId: 'api', version },
      goal: 'unpack-dependencies',
      properties: { outputDirectory: join(directory, 'proto'), 'mdep.unpack.includes': '**/*.proto' },
    }),
};
