import { parseAllDocuments } from 'yaml';
import { kinds, isKind } from '../../lib/resources/kinds.ts';
import type { Resource } from '../../lib/resources/resource.ts';

/** Resources of a multi-document YAML text, for tests: shape checked, namespace `default` filled in; throws on anything wrong. */
export function resourcesOf(text: string): readonly Resource[] {
  return parseAllDocuments(text).flatMap((document) => {
    if ('errors' in document && document.errors.length > 0) throw document.errors[0] as Error;
    const written = document.toJS() as Written | null;
    return written === null ? [] : [resourceOf(written)];
  });
}

interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
}

function resourceOf({ apiVersion, kind, metadata, spec, ...rest }: Written): Resource {
  if (!isKind(kind)) throw new Error(`no such kind: ${kind}`);
  const { schema, body, isNamespaced } = kinds[kind];
  const parsed = schema.parse(body === 'spec' ? (spec ?? {}) : rest);
  const namespace = isNamespaced ? (metadata.namespace ?? 'default') : '';
  return { apiVersion, kind, metadata: { ...metadata, namespace }, spec: parsed } as Resource;
}
