import { fetchProgram } from '../../tools/fetch/fetch-program.ts';
import type { ProgramName } from '../../tools/fetch/programs.ts';
import { isCi } from '../../tools/support/is-ci.ts';
import { leftOutMark } from '../../tools/testing/test-result.ts';

/** Options for a `test` or `suite` that needs fetched programs. */
export interface Need {
  /** False when all is there; else the reason, which the test runner lists under what was left out. */
  readonly skip: string | false;
}

/**
 * Asks for the programs that a test cannot do without, and fetches what is missing. With CI set, a missing program is
 * an error: what CI leaves out silently is not tested at all.
 *
 *     const needsEnvoy = await need('envoy');
 *     test('SNAP-4: a flip loses no request', needsEnvoy, async () => { … });
 */
export async function need(...names: readonly ProgramName[]): Promise<Need> {
  const missing: string[] = [];
  for (const name of names) {
    const located = await fetchProgram(name);
    if (!('ready' in located)) missing.push(`${located.missing} (${located.remedy})`);
  }
  if (missing.length === 0) return { skip: false };
  const reason = leftOutMark + missing.join('; ');
  if (isCi()) throw new Error(reason);
  return { skip: reason };
}
