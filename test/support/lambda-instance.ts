import { parentPort, workerData } from 'node:worker_threads';

/** The file of a function and the answer to one event; both travel as JSON, as between Lambda and its runtime. */
export interface InstanceData {
  readonly module: string;
}
export interface Invocation {
  readonly id: number;
  readonly event: string;
}
export type Answer = { readonly id: number } & ({ readonly result: string } | { readonly error: string });

type Handler = (event: unknown, context: object) => Promise<unknown>;

// The body of a worker thread: one instance of one function, with modules, memory and environment of its own.
if (parentPort !== null) {
  const port = parentPort;
  const { module } = workerData as InstanceData;
  const { handler } = (await import(module)) as { readonly handler: Handler };
  port.on('message', ({ id, event }: Invocation) => {
    void answerTo(handler, event).then((answer) => port.postMessage({ id, ...answer }));
  });
}

async function answerTo(
  handler: Handler,
  event: string,
): Promise<{ readonly result: string } | { readonly error: string }> {
  try {
    return { result: JSON.stringify((await handler(JSON.parse(event), {})) ?? null) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
