import type { Issue } from '../../base/issue.ts';
import type { SourceDocument } from '../../resources/read-documents.ts';
import { kindOfDocument } from '../../resources/kinds.ts';
import type { Resource } from '../../resources/resource.ts';

/** An error or a warning about one document of a request, as the API and the command line show it. */
export interface DocumentIssue {
  /** Which document of the request, from 1. */
  readonly document: number;
  /** The kind's own name, such as `Gateway` or `Gateway.gateway.networking.k8s.io`; what the document says where there is no such kind. */
  readonly kind: string;
  /** As the document says them; empty where it does not. */
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** The document, from 1, that is the same object as this one, where that is what is wrong. */
  readonly sameAs?: number;
}

/** Where in a request a document stands. */
export type DocumentPlace = Pick<SourceDocument, 'document' | 'place'>;

/** Who a document says it is, as far as that can be told of a document that may be wrong. */
export type DocumentName = Pick<DocumentIssue, 'kind' | 'namespace' | 'name'>;

export function documentName(value: unknown, defaultNamespace: string): DocumentName {
  const { apiVersion, kind: word, metadata } = record(value);
  const { namespace, name } = record(metadata);
  const kind = textOr(word, '');
  const known = kindOfDocument(textOr(apiVersion, ''), kind) ?? kind;
  return { kind: known, namespace: textOr(namespace, defaultNamespace), name: textOr(name, '') };
}

export function resourceName({ kind, metadata }: Resource): DocumentName {
  return { kind, namespace: metadata.namespace, name: metadata.name };
}

export function documentIssue(source: DocumentPlace, name: DocumentName, issue: Issue): DocumentIssue {
  const path = [source.place, issue.path].filter((part) => part !== '').join('.');
  return { document: source.document, ...name, path, code: issue.code, message: issue.message };
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** Errors in the order of the documents, whichever step found them. */
export const inOrder = (issues: readonly DocumentIssue[]): readonly DocumentIssue[] =>
  issues.toSorted((a, b) => a.document - b.document);

/** `file:document: kind/namespace/name: path: message`, without the parts that are not known. */
export function issueLine(file: string, { document, kind, namespace, name, path, message }: DocumentIssue): string {
  const object = kind === '' && name === '' ? [] : [kind, namespace, name].filter(isSaid);
  return [`${file}:${document}`, object.join('/'), path, message].filter(isSaid).join(': ');
}

const isSaid = (part: string): boolean => part !== '';
