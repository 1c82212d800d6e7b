import { documentKind, kinds } from '../../resources/kinds.ts';
import type { Resource } from '../../resources/resource.ts';

/** A resource in the form in which documents are written and read: what kinds keep at the root stands at the root again. */
export function printDocument(resource: Resource, apiVersion = resource.apiVersion): Readonly<Record<string, unknown>> {
  const { kind, metadata, spec, status } = resource;
  const { name, namespace, ...others } = metadata;
  const shown = namespace === '' ? { name, ...others } : { name, namespace, ...others };
  const body = kinds[kind].body === 'spec' ? { spec } : spec;
  return { apiVersion, kind: documentKind(kind), metadata: shown, ...body, ...(status && { status }) };
}
