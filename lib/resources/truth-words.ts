const TRUE_WORDS: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** A text that says yes or no, in the words of Go's ParseBool; `undefined` for any other. */
export const parseTruth = (text: string): boolean | undefined =>
  TRUE_WORDS.has(text) ? true : FALSE_WORDS.has(text) ? false : undefined;
