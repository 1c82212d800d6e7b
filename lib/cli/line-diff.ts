export interface DiffLine {
  /** `@` stands for unchanged lines that are left out. */
  readonly sign: '+' | '-' | ' ' | '@';
  readonly line: string;
}

/** Lines of unchanged text that are shown around a change. */
const AROUND = 3;

/** Pairs of lines that are compared at most: ten million take a second and 100 MB. */
const MAX_PAIRS = 10_000_000;

/** The difference of two texts by their longest common subsequence of lines, with some lines around each change. */
export function lineDiff(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const all = allLines(before, after);
  const isNear = all.map((_, index) =>
    all.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ sign }) => sign !== ' '),
  );
  return all.flatMap((line, index) => {
    if (isNear[index]) return [line];
    const startsGap = isNear[index - 1] === true && isNear.includes(true, index);
    return startsGap ? [{ sign: '@', line: '' }] : [];
  });
}

/** Most edits leave the start and the end alone, so that only what is between has to be compared line by line. */
function allLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [
    ...signed(' ', before.slice(0, start)),
    ...changedLines(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...signed(' ', before.slice(before.length - end)),
  ];
}

const signed = (sign: DiffLine['sign'], lines: readonly string[]): readonly DiffLine[] =>
  lines.map((line) => ({ sign, line }));

function changedLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  if (before.length * after.length > MAX_PAIRS) return [...signed('-', before), ...signed('+', after)];
  const common = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now) {
      lines.push({ sign: ' ', line: old });
      i += 1;
      j += 1;
    } else if (now !== undefined && (old === undefined || lengthAt(common, i, j + 1) > lengthAt(common, i + 1, j))) {
      lines.push({ sign: '+', line: now });
      j += 1;
    } else if (old !== undefined) {
      lines.push({ sign: '-', line: old });
      i += 1;
    }
  }
  return lines;
}

/** At `[i][j]`: how many lines the texts from line i and j on have in common, in order. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly (readonly number[])[] {
  const rows: number[][] = Array.from({ length: before.length + 1 }, () => []);
  for (let i = before.length; i >= 0; i -= 1) {
    for (let j = after.length; j >= 0; j -= 1) {
      const isCommon = i < before.length && j < after.length && before[i] === after[j];
      const longest = isCommon
        ? lengthAt(rows, i + 1, j + 1) + 1
        : Math.max(lengthAt(rows, i + 1, j), lengthAt(rows, i, j + 1));
      (rows[i] as number[])[j] = longest;
    }
  }
  return rows;
}

const lengthAt = (rows: readonly (readonly number[])[], i: number, j: number): number => rows[i]?.[j] ?? 0;
