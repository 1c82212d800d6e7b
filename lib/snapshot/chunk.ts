import { type ContentHash, hashBytes, hashOf } from '../base/hashing.ts';

/** Some of the text that is sent, stored as one blob. */
export interface Chunk {
  readonly text: string;
  /** Of the text's UTF-8 bytes. */
  readonly hash: ContentHash;
  readonly bytes: number;
}

export function chunkOf(text: string): Chunk {
  const bytes = utf8.encode(text);
  return { text, hash: hashBytes(bytes), bytes: bytes.byteLength };
}

const utf8 = new TextEncoder();

/**
 * Names the text that the chunks are: by its bytes if it is one, else by the list of their names, so that naming it anew after an
 * edit reads the chunk that changed and no other. The list is no text of a resource, which is an object.
 */
export function hashOfChunks(chunks: readonly Chunk[]): ContentHash {
  const [only, ...others] = chunks;
  return only && others.length === 0 ? only.hash : hashOf(chunks.map(({ hash }) => hash));
}
