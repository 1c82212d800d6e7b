import { join } from 'node:path';
import { runDependencyGoal } from './maven-project.ts';
import type { Program } from './program.ts';
import { java, maven } from './toolchain.ts';

const version = '2.6.1';

/** Amazon's own stand-in for DynamoDB: a second opinion, so that we do not fit one emulator's mistakes. */
export const dynamodbLocal: Program = {
  version,
  purpose: 'a second DynamoDB in the contract tests',
  neededBy: 'tests',
  perPlatform: true, // it carries native libraries
  entry: `jars/DynamoDBLocal-${version}.jar`,
  fetchedWith: maven,
  runsWith: java,
  fetchInto: (directory, tool) =>
    runDependencyGoal(tool, directory, {
      artifact: { groupId: 'com.amazonaws', artifactId: 'DynamoDBLocal', version },
      goal: 'copy-dependencies',
      properties: { outputDirectory: join(directory, 'jars') },
    }),
};
