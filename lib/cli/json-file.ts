import { readFileSync } from 'node:fs';
import { CliFailure } from './cli-failure.ts';
import { unreadablePath } from './input-files.ts';

/** The value of a file of JSON; one that is missing or no JSON is the user's mistake. */
export function readJsonFile(path: string): unknown {
  const text = textOf(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliFailure('refused', `the file "${path}" is no JSON: ${reason}`, error);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadablePath(path, error);
  }
}
