import { leastRecentlyUsed } from '../base/least-recently-used.ts';

/**
 * Takes the list of a node's extensions out of the text of a poll. An Envoy that does not strip it sends 77 KB with every poll, the
 * same for every Envoy of its version, and nothing reads it: what was parsed once need not be parsed again (DLV-1).
 */
export interface ExtensionLists {
  /** The text with an empty list in place of one that is known; any other text as it is. */
  cut(text: string): string;
  /** Remembers the list of a text that is valid JSON. */
  learn(text: string): void;
}

const KEY = '"extensions":[';
const WITHOUT = '"extensions":[]';
/** A shorter list is parsed as quickly as it is cut out. */
const MIN_CHARACTERS = 4_096;
/** Characters of all lists together: a fleet has a few versions of Envoy at one time. */
const REMEMBERED_CHARACTERS = 2 * 1024 * 1024;

export function extensionLists(): ExtensionLists {
  const lists = leastRecentlyUsed<string, string>({ max: REMEMBERED_CHARACTERS, weigh: (list) => list.length });
  return {
    cut(text) {
      const at = text.length < MIN_CHARACTERS ? -1 : startOf(text);
      if (at < 0) return text;
      for (const list of lists.values()) {
        const end = at + list.length;
        if (text.slice(at, end) === list) return text.slice(0, at) + WITHOUT + text.slice(end);
      }
      return text;
    },
    learn(text) {
      const at = text.length < MIN_CHARACTERS ? -1 : startOf(text);
      const end = at < 0 ? -1 : endOf(text, at + KEY.length);
      if (end - at >= MIN_CHARACTERS) lists.set(text.slice(at, end), text.slice(at, end));
    },
  };
}

/**
 * Where a key of that name begins, whose object need not be the node: nothing reads a list of that name anywhere. With a backslash
 * before it the quote is part of another key.
 */
function startOf(text: string): number {
  const at = text.indexOf(KEY);
  return at > 0 && text[at - 1] !== '\\' ? at : -1;
}

const MARKS = /["[\]]|\\./gs;

/** Behind the bracket that closes a list; `from` is behind the one that opens it. */
function endOf(text: string, from: number): number {
  const marks = new RegExp(MARKS);
  marks.lastIndex = from;
  let [depth, isInText] = [1, false];
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === '"') isInText = !isInText;
    else if (!isInText && mark[0] === '[') depth += 1;
    else if (!isInText && mark[0] === ']') depth -= 1;
    if (depth === 0) return marks.lastIndex;
  }
  return -1;
}
