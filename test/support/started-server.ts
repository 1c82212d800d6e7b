import { startGuarded } from '../../tools/support/guarded-process.ts';
import type { Command, GuardedProcess } from '../../tools/support/guarded-process.ts';
import { answers, waitUntil } from '../../tools/support/wait-until.ts';

/** A server on loopback that stands in for a cloud service. */
export interface StartedServer {
  /** Its base URL, without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly stop: () => Promise<void>;
}

/** Starts a server and waits until it answers at the URL; throws with its log when it ends or stays silent. */
export async function startAnswering(
  command: Command,
  { url, timeoutMs }: { readonly url: string; readonly timeoutMs: number },
): Promise<GuardedProcess> {
  const server = startGuarded(command);
  try {
    await waitUntil(async () => !server.isRunning() || (await answers(url)), {
      what: `${command.program} answers`,
      timeoutMs,
      detail: server.output,
    });
    if (!server.isRunning()) throw new Error(`${command.program} ended at once:\n${server.output()}`);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
