import ora from 'ora';

/** Shows on a terminal that something is under way; in a pipe nothing, so that output stays the same for programs. */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  // A terminal that does not know its width says 0 (`docker exec -t`, `script`); the spinner would erase lines there for ever.
  if (!process.stderr.isTTY || process.stderr.columns === 0) return work();
  const spinner = ora({ text: what, stream: process.stderr }).start();
  try {
    return await work();
  } finally {
    spinner.stop();
  }
}
