import { readDocuments, type SourceDocument } from '../../resources/read-documents.ts';
import { type DocumentIssue, documentName } from './document-issue.ts';

export interface ReadText {
  readonly documents: readonly SourceDocument[];
  readonly errors: readonly DocumentIssue[];
}

/**
 * Reads a request or a file of any size that may come in, document by document: the memory that reading takes depends on the
 * largest document, not on the text. Documents are numbered from 1, because people read the numbers. What cannot be read becomes
 * an error with its place, and the others are still read (STO-4, FLT-3).
 */
export function readText(text: string): ReadText {
  const documents: SourceDocument[] = [];
  const errors: DocumentIssue[] = [];
  let count = 0;
  for (const { chunk, linesBefore } of chunksOf(text)) {
    const read = readDocuments(chunk);
    const numbers = [...read.documents, ...read.unreadable].map(({ document }) => document + 1);
    for (const source of read.documents) {
      const lineOf = (path: string): number => linesBefore + source.lineOf(path);
      documents.push({ ...source, document: count + source.document + 1, lineOf });
    }
    for (const { document, line, message, said } of read.unreadable) {
      const place = { document: count + document + 1, path: `line ${linesBefore + line}` };
      errors.push({ ...place, ...documentName(said, ''), code: 'UNREADABLE', message });
    }
    count += Math.max(0, ...numbers);
  }
  return { documents, errors };
}

interface Chunk {
  readonly chunk: string;
  readonly linesBefore: number;
}

/** `---` at the start of a line ends a document wherever it stands: YAML allows it in no scalar. */
function* chunksOf(text: string): Generator<Chunk> {
  let linesBefore = 0;
  for (const part of text.split(/^---(?=[ \t\r\n]|$)/m)) {
    // A directive such as `%YAML 1.2` stands before the marker and has no content of its own.
    if (!part.split('\n').every((line) => hasNoContent.test(line))) yield { chunk: part, linesBefore };
    linesBefore += part.split('\n').length - 1;
  }
}

const hasNoContent = /^\uFEFF?(\s*(#.*)?|%.*)$/;
