import { readFileSync } from 'node:fs';
import { CliFailure } from './cli-failure.ts';

/** The value of a file of JSON; one that is missing or no JSON is the user's mistake. */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new CliFailure('refused', `${path}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
