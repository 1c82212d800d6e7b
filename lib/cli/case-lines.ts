import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { unreadablePath } from './input-files.ts';

export interface CaseAnswer {
  /** Printed as one line of JSON. */
  readonly result: unknown;
  readonly isGood: boolean;
}

/** How a verb answers cases. */
export interface CaseVerb {
  readonly answer: (line: unknown) => CaseAnswer;
  /** The result of a line that is no JSON, and so has no name. */
  readonly unreadable: (message: string) => unknown;
}

/**
 * Answers each line of a file (or of standard input for `-`) by one line, in order and as it comes, so that any number of cases
 * runs in little memory. Answers whether all were good.
 */
export async function answerCases(path: string, verb: CaseVerb): Promise<boolean> {
  let isAllGood = true;
  const input = path === '-' ? process.stdin : createReadStream(path);
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (text.trim() === '') continue;
      const { result, isGood } = answerLine(text, verb);
      isAllGood &&= isGood;
      const isFull = !process.stdout.write(`${JSON.stringify(result)}\n`);
      if (isFull) await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
  } catch (error) {
    // Reading is all that is caught here with a code of the system; a fault of ours goes on as it is.
    throw error instanceof Error && 'syscall' in error ? unreadablePath(path, error) : error;
  }
  return isAllGood;
}

function answerLine(text: string, { answer, unreadable }: CaseVerb): CaseAnswer {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    const message = `the line is no JSON: ${error instanceof Error ? error.message : String(error)}`;
    return { result: unreadable(message), isGood: false };
  }
  return answer(line);
}
