import { after } from 'node:test';
import type { ProgramName } from '../../tools/fetch/programs.ts';
import { startService } from './local-mesh.ts';
import { bundleFunctions, type Cloud, startCloud } from './start-cloud.ts';
import { startMiniStack } from './start-ministack.ts';
import { tempDir } from './temp-dir.ts';

/** One way to run the whole service. The end-to-end tests are written once and run on each. */
export interface Backend {
  readonly name: string;
  /** The programs without which it cannot run. */
  readonly programs: readonly ProgramName[];
  /** Whether one process hears every poll, so that a proxy that stops polling is missed at once. */
  readonly hearsAllPolls: boolean;
  /** An empty service of its own for one test. */
  readonly start: () => Promise<TestService>;
}

export interface TestService {
  /** Where it listens; another address after a restart. */
  readonly url: string;
  /** Ends all that runs and starts again on what is stored. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const onSqlite: Backend = {
  name: 'SQLite',
  programs: [],
  hearsAllPolls: true,
  async start() {
    const directory = tempDir();
    let local = await startService(directory.path);
    return {
      get url() {
        return local.url;
      },
      async restart() {
        await local.stop();
        local = await startService(directory.path);
      },
      async stop() {
        await local.stop();
        directory.remove();
      },
    };
  },
};

const onAws: Backend = {
  name: 'AWS',
  programs: ['ministack'],
  hearsAllPolls: false,
  async start() {
    const cloud = await startCloudHere();
    return { url: cloud.url, restart: cloud.recycle, stop: cloud.stop };
  },
};

export const backends: readonly Backend[] = [onSqlite, onAws];

/** The functions on MiniStack, which is started and bundled for once per test file. */
export async function startCloudHere(): Promise<Cloud> {
  shared ??= startShared();
  const { server, directory } = await shared;
  return startCloud(server, directory);
}

let shared: ReturnType<typeof startShared> | undefined;

async function startShared() {
  const bundles = tempDir();
  const [server] = await Promise.all([startMiniStack(), bundleFunctions(bundles.path)]);
  return { server, directory: bundles.path, remove: bundles.remove };
}

after(async () => {
  const started = await shared;
  await started?.server.stop();
  started?.remove();
});
