import { dirname, resolve } from 'node:path';
import { MissingProgram, fetchedProgram } from '../../tools/fetch/fetch-program.ts';
import { findTool, python } from '../../tools/fetch/toolchain.ts';
import { freePort } from '../../tools/support/free-port.ts';
import { startAnswering } from './started-server.ts';
import type { StartedServer } from './started-server.ts';
import { tempDir } from './temp-dir.ts';

/** MiniStack's settings that a test may choose. */
interface MiniStackOptions {
  /** Whether it enforces IAM policies; on unless said otherwise. The root credentials below may do everything. */
  readonly enforcesIam?: boolean;
}

/** Starts the stand-in for the whole cloud, empty and in memory. */
export async function startMiniStack({ enforcesIam = true }: MiniStackOptions = {}): Promise<StartedServer> {
  const packages = resolve(dirname(await fetchedProgram('ministack')), '..');
  const [program, ...leading] = findTool(python) ?? [];
  if (program === undefined) throw new MissingProgram('ministack needs Python', python.remedy);
  const port = await freePort();
  const home = tempDir(); // it leaves files behind: Lambda code, a pid file
  const endpoint = `http://127.0.0.1:${port}`;
  const server = await startAnswering(
    {
      program,
      args: [...leading, '-m', 'ministack'],
      cwd: home.path,
      env: {
        PYTHONPATH: packages,
        PYTHONDONTWRITEBYTECODE: '1',
        GATEWAY_PORT: String(port),
        BIND_HOST: '127.0.0.1',
        AUTH: String(enforcesIam),
        SFTP_ENABLED: '0',
        IOT_MTLS_ENABLED: '0',
        TMPDIR: home.path,
        LOG_LEVEL: 'WARNING',
      },
    },
    { url: `${endpoint}/_ministack/ready`, timeoutMs: 60_000 },
  );
  return {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    stop: async () => {
      await server.stop();
      home.remove();
    },
  };
}
