/** How one test ended. A test whose subtests failed is no result of its own: the subtests are. */
export interface TestResult {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly name: string;
  /** Relative to the repository. */
  readonly file: string;
  /** Why it was skipped, or the error in full. */
  readonly detail: string;
}

/** What a suite's process tells its parent. */
export type SuiteMessage =
  | { readonly say: 'result'; readonly result: TestResult }
  | { readonly say: 'ended'; readonly file: string; readonly seconds: number }
  | { readonly say: 'output'; readonly file: string; readonly text: string }
  | { readonly say: 'done' };

/** Starts the reason of a test that was skipped because a program is missing on this machine. */
export const leftOutMark = 'left out: ';
