import { LineCounter, parseAllDocuments, type Document, type ParsedNode } from 'yaml';
import { lineFinder, type LineOf } from './source-lines.ts';
import { plainValue, UnreadableValue } from './yaml-value.ts';

/** One document of a text, before anybody knows what it is. Items of a `kind: List` are documents of their own. */
export interface SourceDocument {
  /** Which document of the text, from 0; documents without content do not count. */
  readonly document: number;
  /** Where in that document it stands: empty, or `items[2]` within a List. */
  readonly place: string;
  readonly value: unknown;
  /** Line, from 1, on which the part at a path stands, or the nearest part above it. */
  readonly lineOf: LineOf;
}

/** A document that is no YAML, or more than the reader takes. */
export interface UnreadableDocument {
  readonly document: number;
  /** From 1. */
  readonly line: number;
  readonly message: string;
  /** As much of the document as says which object it is: `kind` and `metadata`, where they could be read. */
  readonly said?: unknown;
}

export interface ReadDocuments {
  readonly documents: readonly SourceDocument[];
  readonly unreadable: readonly UnreadableDocument[];
}

/** Characters, lines and documents of one text: ten thousand usual documents fit, and the worst text takes seconds, not minutes. */
const largestText = 8 * 1024 * 1024;
const mostLines = 500_000;
const mostDocuments = 20_000;

/**
 * Splits a text of YAML documents, or of JSON, which is YAML too, into its documents. What cannot be read is named with its line
 * and the others are still read, so that all errors can be told at once (STO-4). Never throws, whatever the text is (FLT-3).
 */
export function readDocuments(text: string): ReadDocuments {
  if (text.length > largestText) return nothingBut(`the text is larger than ${largestText} characters; split it`);
  if (countOf(text, '\n') > mostLines) return nothingBut(`the text has more than ${mostLines} lines; split it`);
  if (countOf(text, '\n---') > mostDocuments)
    return nothingBut(`there are more than ${mostDocuments} documents; split the text`);
  const lines = new LineCounter();
  // Keys are compared by `plainValue`: the library's own check compares each with each.
  const options = { uniqueKeys: false, prettyErrors: false, logLevel: 'silent', lineCounter: lines } as const;
  try {
    const parsed = parseAllDocuments(text.replace(/^\uFEFF/, ''), options);
    const filled = Array.isArray(parsed) ? parsed.filter(hasContent) : [];
    const read = filled.map((yaml, document) => readOne(yaml, document, lines));
    return { documents: read.flatMap((each) => each.documents), unreadable: read.flatMap((each) => each.unreadable) };
  } catch (error) {
    // The library walks nested text by recursion, and has no bound of its own but the stack.
    if (error instanceof RangeError) return nothingBut(tooDeep);
    throw error;
  }
}

const tooDeep = 'the text is nested too deeply to be read';

function countOf(text: string, word: string): number {
  let count = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) count += 1;
  return count;
}

const nothingBut = (message: string): ReadDocuments => ({
  documents: [],
  unreadable: [{ document: 0, line: 1, message }],
});

type YamlDocument = Document.Parsed<ParsedNode>;

/** Comments between two `---` are no document, and neither is a lone `null`. */
function hasContent(yaml: YamlDocument): boolean {
  const { contents } = yaml;
  return yaml.errors.length > 0 || (contents !== null && !('value' in contents && contents.value === null));
}

function readOne(yaml: YamlDocument, document: number, lines: LineCounter): ReadDocuments {
  const refuse = (offset: number, message: string): ReadDocuments => {
    return { documents: [], unreadable: [{ document, line: lines.linePos(offset).line, message, said: whoOf(yaml) }] };
  };
  const [problem] = [...yaml.errors, ...yaml.warnings];
  if (problem !== undefined) return refuse(problem.pos[0], messageOf(problem.message));
  try {
    const source = { document, place: '', value: plainValue(yaml.contents), lineOf: lineFinder(yaml.contents, lines) };
    return { documents: itemsOf(source), unreadable: [] };
  } catch (error) {
    if (error instanceof UnreadableValue) return refuse(error.offset, error.message);
    throw error;
  }
}

/** First line of what the library says; of its own stack it speaks in other words. */
function messageOf(message: string): string {
  const [first = message] = message.split('\n');
  if (first.startsWith('Maximum call stack')) return tooDeep;
  return `this is no valid YAML, here or just above: ${first.slice(0, 300)}`;
}

/** Which object a document is about, also when the rest of it is broken. */
function whoOf(yaml: YamlDocument): unknown {
  const [kind, namespace, name] = [['kind'], ['metadata', 'namespace'], ['metadata', 'name']].map((path) =>
    yaml.getIn(path),
  );
  return { kind, metadata: { namespace, name } };
}

/** Lists stand for what is in them, one within another as well: kubectl prints them, and people feed them back. */
function itemsOf(source: SourceDocument): readonly SourceDocument[] {
  const { value, place, lineOf } = source;
  const isList = isListOfObjects(value);
  if (!Array.isArray(value) && !isList) return [source];
  const items: readonly unknown[] = isList ? value.items : (value as readonly unknown[]);
  const under = isList ? (place === '' ? 'items' : `${place}.items`) : place;
  return items.flatMap((item, index) => {
    const itemPlace = `${under}[${index}]`;
    const within = (path: string): string => (path === '' || path.startsWith('[') ? path : `.${path}`);
    const lineOfPart = (path: string): number => lineOf(`${isList ? 'items' : ''}[${index}]${within(path)}`);
    return itemsOf({ ...source, place: itemPlace, value: item, lineOf: lineOfPart });
  });
}

function isListOfObjects(value: unknown): value is { readonly items: readonly unknown[] } {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('items' in value)) return false;
  return typeof value.kind === 'string' && value.kind.endsWith('List') && Array.isArray(value.items);
}
