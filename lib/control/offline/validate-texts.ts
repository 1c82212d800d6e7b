import { type CaseVerdict, validateCase as judgeCase } from '../../resources/validate-case.ts';
import { groupOfVersion, preferredApiVersion } from '../../resources/kinds.ts';
import { keyOf, type Resource } from '../../resources/resource.ts';
import { type DocumentIssue, type DocumentName, documentName, inOrder } from '../config/document-issue.ts';
import { type ParsedDocument, parseDocuments, refusalsOf } from '../config/parse-documents.ts';
import { printDocument } from '../config/print-document.ts';
import { troubleWarnings } from '../config/seal-documents.ts';
import { secretFacts } from '../../resources/secret-facts.ts';
import { isMask } from '../../resources/secret-mask.ts';
import { problemsOf } from '../../resources/secret-validity.ts';
import { isSealed } from '../../resources/secret-values.ts';
import { writtenValues } from '../../resources/written-values.ts';
import { readText } from '../config/read-text.ts';

/** What is wrong and what should be known about the documents of a text, and how many there are. */
export interface TextVerdict {
  readonly documents: number;
  readonly errors: readonly DocumentIssue[];
  readonly warnings: readonly DocumentIssue[];
}

/** Judges a text as an apply would, without a store; what is valid and not carried out yet is an error here as there. */
export function validateText(text: string, defaultNamespace: string): TextVerdict {
  const read = readText(text);
  const parsed = parseDocuments(read.documents, defaultNamespace);
  return {
    documents: countDocuments(text),
    errors: inOrder([...read.errors, ...parsed.errors, ...refusalsOf(parsed.documents)]),
    warnings: parsed.documents.flatMap((document) => [...document.warnings, ...valueWarnings(document)]),
  };
}

/** What an apply would say of the values of a Secret, but for dates: nobody knows when it will be applied. Masks mean what is stored. */
function valueWarnings(document: ParsedDocument): readonly DocumentIssue[] {
  const { resource } = document;
  if (resource.kind !== 'Secret' || isSealed(resource.spec)) return [];
  const values = writtenValues(resource.spec);
  return [...values.values()].some(isMask) ? [] : troubleWarnings(document, problemsOf(secretFacts(values)));
}

/** How many documents of a text have content; the API numbers the documents of a request in the same way. */
export function countDocuments(text: string): number {
  const { documents, errors } = readText(text);
  return Math.max(0, ...[...documents, ...errors].map(({ document }) => document));
}

/** One line of `validate --cases`, judged; a fault of ours is said in its own result and does not stop the others. */
export function validateCase(line: unknown): CaseVerdict {
  try {
    return judgeCase(line);
  } catch (error) {
    const { name } = (typeof line === 'object' && line !== null ? line : {}) as { readonly name?: unknown };
    const message = `failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return { name: typeof name === 'string' ? name : '', valid: false, errors: [message], warnings: [] };
  }
}

/** Which object one document of a text is about. */
export interface NamedDocument extends DocumentName {
  readonly document: number;
  /** Group of its kind, in which there may be no such kind; empty for the core group. */
  readonly group: string;
}

/** Who each document of a text says it is, for verbs that need no more of it. */
export function documentNames(text: string, defaultNamespace: string): readonly NamedDocument[] {
  return readText(text).documents.map(({ document, value }) => {
    const { apiVersion } = value as { readonly apiVersion?: unknown };
    const group = typeof apiVersion === 'string' ? groupOfVersion(apiVersion) : '';
    return { document, group, ...documentName(value, defaultNamespace) };
  });
}

/** The documents of a text as the store would print them, by key of the object; those with errors are left out. */
export function writtenDocuments(
  text: string,
  defaultNamespace: string,
): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const { documents } = parseDocuments(readText(text).documents, defaultNamespace);
  return new Map(
    documents.map(({ resource }) => {
      const { name, namespace, labels, annotations } = resource.metadata;
      const metadata = { name, namespace, ...(labels && { labels }), ...(annotations && { annotations }) };
      const { apiVersion: _written, status: _status, ...body } = resource;
      const own = { ...body, apiVersion: preferredApiVersion(resource.kind), metadata } as Resource;
      return [keyOf(resource), printDocument(own)];
    }),
  );
}
