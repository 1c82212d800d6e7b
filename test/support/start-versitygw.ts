import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchedProgram } from '../../tools/fetch/fetch-program.ts';
import { freePort } from '../../tools/support/free-port.ts';
import { startAnswering } from './started-server.ts';
import type { StartedServer } from './started-server.ts';
import { tempDir } from './temp-dir.ts';

/** Starts an S3 over a temporary directory. It checks every signature; buckets are addressed by path. */
export async function startVersitygw(): Promise<StartedServer> {
  const program = await fetchedProgram('versitygw');
  const credentials = { accessKeyId: 'pilotless', secretAccessKey: 'pilotless-secret' };
  const region = 'us-east-1';
  const port = await freePort();
  const directory = tempDir();
  const made = (name: string): string => {
    const path = join(directory.path, name);
    mkdirSync(path);
    return path;
  };
  const objects = made('objects');
  const sidecar = made('sidecar'); // metadata beside the objects: not every temporary directory has extended attributes
  const versions = made('versions');
  const endpoint = `http://127.0.0.1:${port}`;
  const global = ['--port', `127.0.0.1:${port}`, '--region', region, '--quiet'];
  const server = await startAnswering(
    {
      program,
      args: [...global, 'posix', '--sidecar', sidecar, '--versioning-dir', versions, objects],
      env: { ROOT_ACCESS_KEY_ID: credentials.accessKeyId, ROOT_SECRET_ACCESS_KEY: credentials.secretAccessKey },
    },
    { url: endpoint, timeoutMs: 20_000 },
  );
  return {
    endpoint,
    region,
    credentials,
    stop: async () => {
      await server.stop();
      directory.remove();
    },
  };
}
