import { randomBytes } from 'node:crypto';
import { type Etag, etag } from '../../ports/records.ts';

/**
 * An etag names its own write and the writes before it, newest first: `own.parent.grandparent…`. When an answer was lost and
 * the SDK's second attempt is refused, this line of descent tells who changed the record: we ourselves, or another.
 */
const GENERATIONS = 5;
const WRITE_ID_BYTES = 15;

/** The etag of a write that replaces `expected` (or creates the record). Never given out twice. */
export function nextEtag(expected: Etag | undefined): Etag {
  const own = randomBytes(WRITE_ID_BYTES).toString('base64url');
  return etag([own, ...lineOf(expected)].slice(0, GENERATIONS).join('.'));
}

/** `open`: it cannot be told from what is stored; the caller must read and decide anew. */
export type RefusedWrite = 'won' | 'lost' | 'open';

/**
 * What became of a conditional write that was sent more than once and refused in the end, given the etag that is stored now.
 * A record that was created, removed and created again in between counts as lost; only its remover could tell.
 */
export function judgeRefusedPut(ours: Etag, expected: Etag | undefined, found: Etag | undefined): RefusedWrite {
  const line = lineOf(found);
  if (line.includes(writeOf(ours))) return 'won';
  if (expected === undefined) return line.length > 0 && line.length < GENERATIONS ? 'lost' : 'open';
  return line.includes(writeOf(expected)) ? 'lost' : 'open';
}

/** Likewise for a removal, which leaves no etag: if the record descends from what we expected, it was never removed. */
export function judgeRefusedRemoval(expected: Etag, found: Etag | undefined): 'lost' | 'open' {
  return lineOf(found).includes(writeOf(expected)) ? 'lost' : 'open';
}

const lineOf = (token: Etag | undefined): string[] => (token === undefined ? [] : token.split('.'));
const writeOf = (token: Etag): string => token.split('.', 1)[0] ?? token;
