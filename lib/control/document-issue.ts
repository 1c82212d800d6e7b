import type { Issue } from '../base/issue.ts';
import type { Resource } from '../resources/resource.ts';

/** One document of a text, before anybody knows what it is. Items of a `kind: List` are documents of their own. */
export interface SourceDocument {
  /** Which document of the text, from 1; documents without content do not count. */
  readonly document: number;
  /** Where in that document it stands: empty, or `items[2]` within a List. */
  readonly place: string;
  readonly value: unknown;
}

/** An error or a warning about one document of a request, as the API and the command line show it. */
export interface DocumentIssue {
  /** Which document of the request, from 1. */
  readonly document: number;
  /** As the document says them; empty where it does not. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Who a document says it is, as far as that can be told of a document that may be wrong. */
export type DocumentName = Pick<DocumentIssue, 'kind' | 'namespace' | 'name'>;

export function documentName(value: unknown, defaultNamespace: string): DocumentName {
  const { kind, metadata } = record(value);
  const { namespace, name } = record(metadata);
  return { kind: textOr(kind, ''), namespace: textOr(namespace, defaultNamespace), name: textOr(name, '') };
}

export function resourceName({ kind, metadata }: Resource): DocumentName {
  return { kind, namespace: metadata.namespace, name: metadata.name };
}

export function documentIssue(source: SourceDocument, name: DocumentName, issue: Issue): DocumentIssue {
  const path = [source.place, issue.path].filter((part) => part !== '').join('.');
  return { document: source.document, ...name, path, code: issue.code, message: issue.message };
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** Errors in the order of the documents, whichever step found them. */
export const inOrder = (issues: readonly DocumentIssue[]): readonly DocumentIssue[] =>
  issues.toSorted((a, b) => a.document - b.document);
