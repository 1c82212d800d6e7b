import { refuseUnsupported } from '../../resources/not-yet.ts';
import { parseDocument } from '../../resources/parse-document.ts';
import { keyOf, type Resource } from '../../resources/resource.ts';
import { type DocumentIssue, type DocumentPlace, documentIssue, documentName, resourceName } from './document-issue.ts';
import type { SourceDocument } from '../../resources/read-documents.ts';

/** A document that its kind accepts, with what its author should know about it. */
export interface ParsedDocument {
  readonly source: DocumentPlace;
  readonly resource: Resource;
  readonly warnings: readonly DocumentIssue[];
}

export interface ParsedDocuments {
  readonly documents: readonly ParsedDocument[];
  readonly errors: readonly DocumentIssue[];
}

/**
 * Reads every document by its kind and answers all errors at once (CS-8). A second document of the same object is an error
 * too: which of them should win is for their author to say.
 */
export function parseDocuments(
  sources: readonly (DocumentPlace & Pick<SourceDocument, 'value'>)[],
  defaultNamespace: string,
): ParsedDocuments {
  const documents: ParsedDocument[] = [];
  const errors: DocumentIssue[] = [];
  const firstOf = new Map<string, DocumentPlace>();
  for (const source of sources) {
    const parsed = parseDocument(source.value, { defaultNamespace });
    const name = documentName(source.value, defaultNamespace);
    const issues = parsed.issues.map((issue) => ({
      severity: issue.severity,
      found: documentIssue(source, name, issue),
    }));
    errors.push(...issues.filter(({ severity }) => severity === 'error').map(({ found }) => found));
    if (!parsed.ok) continue;
    const first = firstOf.get(keyOf(parsed.value));
    if (first) errors.push(duplicate(source, first, name));
    else firstOf.set(keyOf(parsed.value), source);
    const warnings = issues.filter(({ severity }) => severity === 'warning').map(({ found }) => found);
    documents.push({ source, resource: parsed.value, warnings });
  }
  return { documents, errors };
}

/**
 * Errors for what valid documents ask for and nothing carries out yet. Whoever stores them has to ask: a document that is only
 * judged or rendered may say more than is carried out.
 */
export function refusalsOf(documents: readonly ParsedDocument[]): readonly DocumentIssue[] {
  return documents.flatMap(({ source, resource }) =>
    refuseUnsupported(resource).map((issue) => documentIssue(source, resourceName(resource), issue)),
  );
}

function duplicate(
  source: DocumentPlace,
  first: DocumentPlace,
  name: Pick<DocumentIssue, 'kind' | 'namespace' | 'name'>,
): DocumentIssue {
  const where = [`document ${first.document}`, first.place].filter((part) => part !== '').join(' at ');
  const message = `is the same object as ${where}; keep one of them`;
  const issue = documentIssue(source, name, { severity: 'error', code: 'DUPLICATE_OBJECT', path: '', message });
  return { ...issue, sameAs: first.document };
}
