import { after } from 'node:test';
import type { ProgramName } from '../../tools/fetch/programs.ts';
import { need } from './needs.ts';
import type { StartedServer } from './started-server.ts';

/** A server that all tests of one file share, or the reason why it cannot run here. */
export interface StandIn {
  readonly skip: string | false;
  /** Only for tests that are not skipped. */
  readonly server: () => StartedServer;
}

/** Starts the server before the file's first test and stops it after the last. */
export async function standIn(program: ProgramName, start: () => Promise<StartedServer>): Promise<StandIn> {
  const { skip } = await need(program);
  const started = skip === false ? await start() : undefined;
  if (started !== undefined) after(() => started.stop());
  return {
    skip,
    server: () => {
      if (started === undefined) throw new Error(`${program} does not run: ${skip}`);
      return started;
    },
  };
}
