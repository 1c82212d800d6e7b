import ora from 'ora';

/** Shows on a terminal that something is under way; in a pipe nothing, so that output stays the same for programs. */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work();
  const spinner = ora({ text: what, stream: process.stderr }).start();
  try {
    return await work();
  } finally {
    spinner.stop();
  }
}
