import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Answer, InstanceData, Invocation } from './lambda-instance.ts';

/** A deployed function: its bundle, its environment, and how many instances of it stand side by side. */
export interface Deployment {
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly instances: number;
}

/** Runs a handler as Lambda does: in instances that share nothing, each with one event at a time. */
export interface LambdaFunction {
  /** The result of the handler; rejects with what it threw. */
  readonly invoke: (event: object) => Promise<unknown>;
  /** Forgets all instances, as after a deployment; the next event meets a cold start. */
  readonly recycle: () => Promise<void>;
  /** What its instances logged lately. */
  readonly output: () => string;
}

const instanceFile = new URL('lambda-instance.ts', import.meta.url);
const KEPT_OUTPUT = 64 * 1024;

/** Events go to the instance that has been idle the longest, so that neighbouring polls meet different memories. */
export function lambdaFunction(deployment: Deployment): LambdaFunction {
  let instances: Instance[] = [];
  let logged = '';
  let turn = 0;
  const log = (text: string): void => void (logged = (logged + text).slice(-KEPT_OUTPUT));

  return {
    async invoke(event) {
      const index = turn++ % deployment.instances;
      const instance = (instances[index] ??= startInstance(deployment, log));
      return instance.handle(event);
    },
    async recycle() {
      const old = instances;
      instances = [];
      await Promise.all(old.map((instance) => instance?.end()));
    },
    output: () => logged,
  };
}

interface Instance {
  /** Behind the events that came before. */
  handle(event: object): Promise<unknown>;
  end(): Promise<void>;
}

function startInstance({ bundle, environment }: Deployment, log: (text: string) => void): Instance {
  const workerData: InstanceData = { module: bundle };
  const worker = new Worker(instanceFile, { workerData, env: { ...environment }, stdout: true, stderr: true });
  for (const stream of [worker.stdout, worker.stderr]) stream.setEncoding('utf8').on('data', log);
  const ended = new Promise<never>((_resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`an instance ended with ${code}`)));
  });
  ended.catch(() => undefined);
  let before: Promise<unknown> = Promise.resolve();
  let id = 0;
  const invoke = async (event: object): Promise<unknown> => {
    const invocation: Invocation = { id: ++id, event: JSON.stringify(event) };
    const answered = once(worker, 'message') as Promise<[Answer]>;
    worker.postMessage(invocation);
    const [answer] = await Promise.race([answered, ended]);
    if ('error' in answer) throw new Error(answer.error);
    return JSON.parse(answer.result) as unknown;
  };
  return {
    handle(event) {
      const handled = before.then(() => invoke(event));
      before = handled.catch(() => undefined);
      return handled;
    },
    end: async () => void (await worker.terminate()),
  };
}
