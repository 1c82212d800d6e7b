import type { Blobs } from '../../lib/ports/blobs.ts';
import type { Records } from '../../lib/ports/records.ts';
import { type Intercept, interceptBlobs, interceptRecords } from '../../tools/support/intercepted-store.ts';

/** Thrown from every call of a process that has died; code under test must let it through. */
export class ProcessDied extends Error {
  constructor(what: string) {
    super(`the process died at ${what}`);
    this.name = 'ProcessDied';
  }
}

/** When a process dies: at its n-th call (from 1), before or after the store has carried it out. */
export interface Death {
  readonly atCall: number;
  readonly when: 'before' | 'after';
}

export interface MortalStore {
  readonly blobs: Blobs;
  readonly records: Records;
  /** Calls made so far. A run without a death tells how many points of death there are. */
  readonly calls: () => number;
}

/** The store as one process sees it that dies at a given call; others who share the store see what it left behind. */
export function mortalStore(store: { readonly blobs: Blobs; readonly records: Records }, death?: Death): MortalStore {
  let calls = 0;
  const intercept: Intercept = async ({ what, run }) => {
    calls += 1;
    if (death === undefined || calls < death.atCall) return run();
    if (calls === death.atCall && death.when === 'after') await run();
    throw new ProcessDied(what);
  };
  return {
    blobs: interceptBlobs(store.blobs, intercept),
    records: interceptRecords(store.records, intercept),
    calls: () => calls,
  };
}
