import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './program.ts';
import type { ToolCommand } from './toolchain.ts';

const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** One artifact of a Maven repository, by its coordinates. */
interface Artifact {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
}

/**
 * Runs a goal of Maven's dependency plugin on a project whose only dependency is the artifact. Sums are checked
 * strictly (`-C`): a file that does not match what the repository says about it fails the run.
 */
export async function runDependencyGoal(
  maven: ToolCommand,
  directory: string,
  { artifact, goal, properties }: { artifact: Artifact; goal: string; properties: Readonly<Record<string, string>> },
): Promise<void> {
  const project = join(directory, 'pom.xml');
  writeFileSync(project, projectWith(artifact));
  const settings = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
  await runTool(maven, [
    '-B',
    '-q',
    '-C',
    '-Dstyle.color=never',
    '-f',
    project,
    `${dependencyPlugin}:${goal}`,
    ...settings,
  ]);
}

function projectWith({ groupId, artifactId, version }: Artifact): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>pilotless</groupId>
  <artifactId>fetch-${artifactId}</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>${groupId}</groupId>
      <artifactId>${artifactId}</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;
}
