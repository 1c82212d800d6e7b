import ts from 'typescript';

const ruleId = /\b[A-Z]{1,6}-\d+[a-z]?\b/g;

/** The rule IDs that a text names. */
export function idsIn(text: string): string[] {
  return text.match(ruleId) ?? [];
}

/** The rule IDs that a text names, with those between the ends of `XX-2 to XX-4`. */
export function idsWithRanges(text: string): string[] {
  const between = [...text.matchAll(/\b([A-Z]{1,6})-(\d+) to \1-(\d+)\b/g)].flatMap(([, prefix, first, last]) =>
    Array.from(
      { length: Math.max(0, Number(last) - Number(first) - 1) },
      (_, at) => `${prefix}-${Number(first) + at + 1}`,
    ),
  );
  return [...idsIn(text), ...between];
}

/**
 * The rule IDs that a test file names in strings, for test names may be rows of a table. What a comment names is not
 * cited: nothing of it shows when the test fails.
 */
export function idsInStrings(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      found.push(...idsIn(node.text));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('test.ts', source, ts.ScriptTarget.Latest));
  return found;
}
