import { documentKind, kinds } from '../../resources/kinds.ts';
import { maskedSecret } from '../../resources/secret-mask.ts';
import type { Resource } from '../../resources/resource.ts';

/**
 * A resource in the form in which documents are written and read: what kinds keep at the root stands at the root again. Values of
 * a Secret are masked, whatever form it has (STO-9).
 */
export function printDocument(resource: Resource, apiVersion = resource.apiVersion): Readonly<Record<string, unknown>> {
  const { kind, metadata, status } = resource;
  const spec = resource.kind === 'Secret' ? maskedSecret(resource.spec) : resource.spec;
  const { name, namespace, ...others } = metadata;
  const shown = namespace === '' ? { name, ...others } : { name, namespace, ...others };
  const body = kinds[kind].body === 'spec' ? { spec } : spec;
  return { apiVersion, kind: documentKind(kind), metadata: shown, ...body, ...(status && { status }) };
}
