import { dirname, join } from 'node:path';
import { MissingProgram, fetchedProgram } from '../../tools/fetch/fetch-program.ts';
import { findTool, java } from '../../tools/fetch/toolchain.ts';
import { freePort } from '../../tools/support/free-port.ts';
import { startAnswering } from './started-server.ts';
import type { StartedServer } from './started-server.ts';

/** Starts Amazon's own stand-in for DynamoDB, empty and in memory. It checks no signature. */
export async function startDynamoDbLocal(): Promise<StartedServer> {
  const jars = dirname(await fetchedProgram('dynamodb-local'));
  const [program, ...leading] = findTool(java) ?? [];
  if (program === undefined) throw new MissingProgram('DynamoDB Local needs Java', java.remedy);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const settings = ['-Xmx512m', `-Dsqlite4java.library.path=${jars}`, '-DDDB_LOCAL_TELEMETRY=0'];
  const main = ['-cp', join(jars, '*'), 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner'];
  const options = ['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)];
  const server = await startAnswering(
    { program, args: [...leading, ...settings, ...main, ...options] },
    { url: endpoint, timeoutMs: 60_000 },
  );
  return {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    stop: server.stop,
  };
}
