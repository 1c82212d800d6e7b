import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheDirectory, directoryOf, locate } from './locate.ts';
import type { Located } from './locate.ts';
import type { Program } from './program.ts';
import { programs } from './programs.ts';
import type { ProgramName } from './programs.ts';
import { findTool } from './toolchain.ts';
import type { ToolCommand } from './toolchain.ts';

/** Waits before the second and the third attempt, in milliseconds. */
const retryAfterMs = [1_000, 4_000];

/** A partial download older than this belongs to a process that died, in milliseconds. */
const abandonedAfterMs = 60 * 60_000;

/**
 * Brings a program into the cache unless it is there. Two processes may do so at once: the first to finish wins.
 * With `PILOTLESS_FETCH=never` in the environment it only looks.
 */
export async function fetchProgram(name: ProgramName): Promise<Located> {
  const before = locate(name);
  const tool = findTool(programs[name].fetchedWith);
  if ('ready' in before || tool === undefined || process.env.PILOTLESS_FETCH === 'never') return before;
  mkdirSync(cacheDirectory, { recursive: true });
  removeAbandoned();
  let failure: unknown;
  for (const waitMs of [0, ...retryAfterMs]) {
    await delay(waitMs);
    try {
      await fetchOnce(name, tool);
      return locate(name);
    } catch (error) {
      failure = error; // networks fail; the next attempt starts from an empty directory
    }
  }
  const reason = failure instanceof Error ? failure.message : String(failure);
  return {
    missing: `${name} ${programs[name].version} could not be fetched: ${reason}`,
    remedy: 'check the network, then "npm run fetch"',
  };
}

/** The path of a program, fetched if need be; throws MissingProgram where it cannot be had. */
export async function fetchedProgram(name: ProgramName): Promise<string> {
  const located = await fetchProgram(name);
  if ('ready' in located) return located.ready;
  throw new MissingProgram(located.missing, located.remedy);
}

/** A program cannot be had on this machine as it is; the message says what to do. */
export class MissingProgram extends Error {
  readonly code = 'MISSING_PROGRAM';

  constructor(missing: string, remedy: string) {
    super(`${missing}; ${remedy}`);
    this.name = 'MissingProgram';
  }
}

/** Fetches beside the cache entry and moves the whole directory into place, so that nobody ever sees half of it. */
async function fetchOnce(name: ProgramName, tool: ToolCommand): Promise<void> {
  const program: Program = programs[name];
  const partial = mkdtempSync(join(cacheDirectory, '.partial-'));
  try {
    await program.fetchInto(partial, tool);
    if (!existsSync(join(partial, program.entry))) throw new Error(`${program.entry} is not in what was fetched`);
    moveIntoPlace(partial, directoryOf(name));
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function moveIntoPlace(partial: string, directory: string): void {
  try {
    renameSync(partial, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error; // otherwise another process was faster, and what it brought is the same
  }
}

function removeAbandoned(): void {
  for (const entry of readdirSync(cacheDirectory).filter((found) => found.startsWith('.partial-'))) {
    const path = join(cacheDirectory, entry);
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - changedAt > abandonedAfterMs) rmSync(path, { recursive: true, force: true });
  }
}
