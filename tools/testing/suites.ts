/** One folder of `test/` and how its files are run. */
interface Suite {
  /**
   * `shared`: all files in one process, for tests without I/O, which share nothing but the code under test.
   * `separate`: one process per file, two at a time, for tests that start servers.
   */
  readonly processes: 'shared' | 'separate';
  /** The whole suite is ended after this long, in minutes. */
  readonly limitMinutes: number;
}

/** All suites in the order in which they run: the fast ones first. A test file outside these folders is never run. */
export const suites = {
  unit: { processes: 'shared', limitMinutes: 3 },
  golden: { processes: 'shared', limitMinutes: 3 },
  property: { processes: 'shared', limitMinutes: 8 },
  contract: { processes: 'separate', limitMinutes: 5 },
  arch: { processes: 'separate', limitMinutes: 3 },
  e2e: { processes: 'separate', limitMinutes: 20 },
  fault: { processes: 'separate', limitMinutes: 15 },
} as const satisfies Record<string, Suite>;

export type SuiteName = keyof typeof suites;

export const suiteNames = Object.keys(suites) as SuiteName[];

export function isSuite(name: string): name is SuiteName {
  return name in suites;
}
