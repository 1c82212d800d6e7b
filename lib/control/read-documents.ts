import { LineCounter, parseDocument as parseYaml, type YAMLError } from 'yaml';
import type { DocumentIssue, SourceDocument } from './document-issue.ts';

export interface ReadDocuments {
  readonly documents: readonly SourceDocument[];
  readonly errors: readonly DocumentIssue[];
}

/** Deeper nesting than this means nothing in any kind, and would overflow the stack of whoever walks it. */
const MAX_DEPTH = 64;

/** Uses of YAML anchors in one document: generous for people, too few for documents that explode. */
const MAX_ALIASES = 100;

/**
 * Splits a text of YAML documents, or one of JSON, into documents. What cannot be read becomes an error with its place and
 * the others are still read, so that all errors can be told at once (STO-4, FLT-3). Items of a List, or of a JSON array, are
 * documents of their own unless `isListWhole`.
 */
export function readDocuments(text: string, { isListWhole = false } = {}): ReadDocuments {
  const documents: SourceDocument[] = [];
  const errors: DocumentIssue[] = [];
  let document = 0;
  for (const chunk of chunksOf(text)) {
    const read = readChunk(chunk);
    if (read.state === 'empty') continue;
    document += 1;
    if (read.state === 'unreadable') errors.push(unreadable(document, read));
    else if (isListWhole) documents.push({ document, place: '', value: read.value });
    else documents.push(...itemsOf({ document, place: '', value: read.value }));
  }
  return { documents, errors };
}

type Chunk = { readonly text: string; readonly firstLine: number };

type ReadChunk =
  | { readonly state: 'empty' }
  | { readonly state: 'read'; readonly value: unknown }
  | { readonly state: 'unreadable'; readonly code: string; readonly path: string; readonly message: string };

/** `---` at the start of a line ends a document wherever it stands: YAML allows it in no scalar. */
function chunksOf(text: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let firstLine = 1;
  for (const part of text.replace(/^\uFEFF/, '').split(/^---(?=[ \t\r\n]|$)/m)) {
    chunks.push({ text: part, firstLine });
    firstLine += part.split('\n').length - 1;
  }
  return chunks;
}

/** Blank, a comment, or a directive such as `%YAML 1.2`. */
const hasNoContent = /^(\s*(#.*)?|%.*)$/;

function readChunk(chunk: Chunk): ReadChunk {
  if (chunk.text.split('\n').every((line) => hasNoContent.test(line))) return { state: 'empty' };
  try {
    const value = readJson(chunk.text) ?? readYaml(chunk);
    if (value === null || value === undefined) return { state: 'empty' };
    if (isDeeperThan(value, MAX_DEPTH)) {
      return unreadableAs('TOO_DEEP', `is nested more than ${MAX_DEPTH} levels deep`);
    }
    return { state: 'read', value };
  } catch (error) {
    if (error instanceof UnreadableYaml) return unreadableAs('UNREADABLE', error.message, error.place);
    // The parser's own limits: a stack overflow on nesting, or too many aliases.
    if (error instanceof RangeError) return unreadableAs('TOO_DEEP', 'is nested too deeply to be read');
    if (error instanceof ReferenceError) return unreadableAs('TOO_MANY_ALIASES', error.message);
    throw error;
  }
}

/** JSON is YAML as well, but ten times faster to read as what it is; `undefined` when it is not JSON. */
function readJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Flow-style YAML, or broken: the YAML parser tells, and says where.
    return undefined;
  }
}

class UnreadableYaml extends Error {
  readonly code = 'UNREADABLE_YAML';
  readonly place: string;
  constructor(place: string, cause: YAMLError) {
    super(cause.message.split('\n')[0] ?? cause.message, { cause });
    this.name = 'UnreadableYaml';
    this.place = place;
  }
}

function readYaml({ text, firstLine }: Chunk): unknown {
  const lineCounter = new LineCounter();
  const parsed = parseYaml(text, { merge: true, prettyErrors: false, lineCounter, logLevel: 'silent' });
  const [error] = parsed.errors;
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new UnreadableYaml(`line ${firstLine + line - 1}, column ${col}`, error);
  }
  return parsed.toJS({ maxAliasCount: MAX_ALIASES });
}

/** Walks without recursion: the value may be deeper than the stack. */
function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? (Object.values(item) as unknown[]) : [],
    );
  }
  return false;
}

function itemsOf(source: SourceDocument): readonly SourceDocument[] {
  const { value } = source;
  if (Array.isArray(value)) return placed(source, '', value);
  if (!isListOfObjects(value)) return [source];
  return placed(source, 'items', value.items);
}

function placed({ document }: SourceDocument, under: string, items: readonly unknown[]): readonly SourceDocument[] {
  return items.map((value, index) => ({ document, place: `${under}[${index}]`, value }));
}

function isListOfObjects(value: unknown): value is { readonly items: readonly unknown[] } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, items } = value as { readonly kind?: unknown; readonly items?: unknown };
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
}

const unreadableAs = (code: string, message: string, path = ''): ReadChunk => ({
  state: 'unreadable',
  code,
  path,
  message,
});

function unreadable(document: number, why: { readonly code: string; readonly path: string; readonly message: string }) {
  const { code, path, message } = why;
  return { document, kind: '', namespace: '', name: '', path, code, message };
}
