/** Deeper nesting than this means nothing in any kind, and would overflow the stack of whoever walks it. */
const mostLevels = 64;

/**
 * Characters and values of one document, together. Twice what Kubernetes stores, so that whatever a cluster exports fits,
 * and little enough that every rule that looks at all pairs of something stays cheap.
 */
const largestDocument = 3 * 1024 * 1024;

/** What makes a document too much to be read; undefined when it is not. Walks without recursion: the value may be deeper than the stack. */
export function excessOf(value: unknown): string | undefined {
  let size = 0;
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > mostLevels) return `nested more than ${mostLevels} levels deep; no kind has such fields`;
    const next: unknown[] = [];
    for (const item of level) {
      size += 1;
      if (typeof item === 'string') size += item.length;
      if (typeof item !== 'object' || item === null) continue;
      for (const [name, member] of Object.entries(item)) {
        if (!Array.isArray(item)) size += name.length;
        next.push(member);
      }
    }
    if (size > largestDocument) return `larger than ${largestDocument} characters; split it into several documents`;
    level = next;
  }
  return undefined;
}
