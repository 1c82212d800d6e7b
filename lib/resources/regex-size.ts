/**
 * About how many instructions RE2 makes of a regular expression, without making them: `(a{1000}){9}` is short to write and
 * long to run. Characters count one, what stands under `{n}` as often as it is repeated. An expression that is wrong has some
 * size, too.
 */
export function regexSize(regex: string): number {
  /** Sizes of the groups that are open; the last is the innermost. */
  const open: number[] = [0];
  let last = 0;
  for (const [token] of regex.matchAll(tokens)) {
    if (token === '(') {
      open.push(0);
      last = 0;
      continue;
    }
    if (token === ')' && open.length > 1) last = (open.pop() ?? 0) + 2;
    else if (token.startsWith('{')) last *= Math.max(0, timesOf(token) - 1);
    else last = 1;
    open[open.length - 1] = (open.at(-1) ?? 0) + last;
  }
  return open.reduce((sum, size) => sum + size, 0);
}

/** A repetition, an escape, a class, or one character. */
const tokens = /\{\d{1,9}(?:,\d{0,9})?\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^]/gu;

function timesOf(repetition: string): number {
  const [least = 0, most = 0] = (repetition.match(/\d+/g) ?? []).map(Number);
  return Math.max(least, most) + 1;
}
