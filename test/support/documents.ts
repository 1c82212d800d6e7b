import { parseAllDocuments } from 'yaml';
import { kindOfDocument, kinds } from '../../lib/resources/kinds.ts';
import { parseDocument } from '../../lib/resources/parse-document.ts';
import type { Resource } from '../../lib/resources/resource.ts';

/** Resources of a multi-document YAML text, for tests; namespace `default` where none is written. Throws on what admission refuses. */
export function resourcesOf(text: string): readonly Resource[] {
  return writtenDocuments(text).map(resourceOf);
}

/**
 * The same without asking admission: the shape alone has to be right. For what the stages do about documents that should not
 * be there, or that were stored before a rule was.
 */
export function unadmittedResourcesOf(text: string): readonly Resource[] {
  return writtenDocuments(text).map((written) => {
    const { apiVersion, kind: word, metadata, spec, status, ...root } = written as Resource;
    const kind = kindOfDocument(apiVersion, word) ?? word;
    const { schema, body, isNamespaced } = kinds[kind];
    const namespace = isNamespaced ? (metadata.namespace ?? 'default') : '';
    const parsed = schema.parse(body === 'spec' ? (spec ?? {}) : root);
    return {
      apiVersion,
      kind,
      metadata: { ...metadata, namespace },
      spec: parsed,
      ...(status && { status }),
    } as Resource;
  });
}

function writtenDocuments(text: string): readonly unknown[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (!('contents' in document)) return [];
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const written = document.toJS() as unknown;
    return written === null ? [] : [written];
  });
}

function resourceOf(written: unknown): Resource {
  const parsed = parseDocument(written, { defaultNamespace: 'default' });
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}
