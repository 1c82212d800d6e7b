import { join } from 'node:path';
import { runDependencyGoal } from './maven-project.ts';
import type { Program } from './program.ts';
import { maven } from './toolchain.ts';

const version = '1.0.49';

/** The protobuf sources of Envoy's API with everything they import. */
export const envoyProtos: Program = {
  version,
  purpose: "Envoy's own message definitions, against which tests check what a proxy is given",
  neededBy: 'tests',
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
