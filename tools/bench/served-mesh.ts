import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pilotless } from '../demo/mesh.ts';
import { repositoryRoot } from '../support/repository.ts';
import { generatedMesh } from './generated-mesh.ts';
import { type StartedServer, startServer } from './start-server.ts';

/** `pilotless serve` as a process of its own that has the generated mesh, in a directory that goes when it is done. */
export interface ServedMesh {
  readonly directory: string;
  service(): StartedServer;
  /** Applies changed documents. */
  apply(documents: readonly object[]): Promise<void>;
  /** Stops it and starts it again on what it has stored. */
  restart(): Promise<void>;
}

export async function withServedMesh<Result>(
  services: number,
  use: (mesh: ServedMesh) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'pilotless-bench-'));
  const cli = join(repositoryRoot, 'bin', 'pilotless.mjs');
  const args = ['serve', '--port', '0', '--data', join(directory, 'data'), '--log-level', 'error'];
  let service = await startServer(cli, args);
  try {
    await pilotless(['apply', '--server', service.url, '-f', '-'], generatedMesh(services));
    return await use({
      directory,
      service: () => service,
      async apply(documents) {
        const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
        await pilotless(['apply', '--server', service.url, '-f', '-'], text);
      },
      async restart() {
        await service.stop();
        service = await startServer(cli, args);
      },
    });
  } finally {
    await service.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
