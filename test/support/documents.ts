import { parseAllDocuments } from 'yaml';
import { parseDocument } from '../../lib/resources/parse-document.ts';
import type { Resource } from '../../lib/resources/resource.ts';

/** Resources of a multi-document YAML text, for tests; namespace `default` where none is written. Throws on what admission refuses. */
export function resourcesOf(text: string): readonly Resource[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (!('contents' in document)) return [];
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const written = document.toJS() as unknown;
    return written === null ? [] : [resourceOf(written)];
  });
}

function resourceOf(written: unknown): Resource {
  const parsed = parseDocument(written, { defaultNamespace: 'default' });
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}
