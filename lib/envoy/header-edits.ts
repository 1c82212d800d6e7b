import type { HeaderEditsIr } from '../ir/route-configuration.ts';
import type { ProtoJson } from './envoy-resource.ts';

/** `requestHeadersToAdd` and its siblings, as a route and a cluster weight both have them. */
export function encodeHeaderEdits({ put, remove }: HeaderEditsIr, of: 'request' | 'response'): ProtoJson {
  const added = put.map(({ name, value, how }) => ({
    header: { key: name, ...(value !== '' && { value }) },
    // Appending is Envoy's default.
    ...(how === 'set' && { appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD' }),
  }));
  return {
    ...(added.length > 0 && { [`${of}HeadersToAdd`]: added }),
    ...(remove.length > 0 && { [`${of}HeadersToRemove`]: remove }),
  };
}
