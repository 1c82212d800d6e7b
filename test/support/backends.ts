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
  start(): Promise<TestService>;
}

export interface TestService {
  readonly url: string;
  /** Ends all that runs and starts again on what is stored. */
  restarted(): Promise<TestService>;
  stop(): Promise<void>;
}

const onSqlite: Backend = {
  name: 'SQLite',
  programs: [],
  hearsAllPolls: true,
  async start() {
    const directory = tempDir();
    return localOn(directory.path, directory.remove);
  },
};

async function localOn(dataDirectory: string, remove: () => void): Promise<TestService> {
  const service = await startService(dataDirectory);
  return {
    url: service.url,
    async restarted() {
      await service.stop();
      return localOn(dataDirectory, remove);
    },
    async stop() {
      await service.stop();
      remove();
    },
  };
}

const onAws: Backend = {
  name: 'AWS',
  programs: ['ministack'],
  hearsAllPolls: false,
  start: async () => serviceOf(await startCloudHere()),
};

function serviceOf(cloud: Cloud): TestService {
  const service: TestService = {
    url: cloud.url,
    async restarted() {
      await cloud.recycle();
      return service;
    },
    stop: () => cloud.stop(),
  };
  return service;
}

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
