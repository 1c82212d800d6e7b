import { unreachable } from '../base/unreachable.ts';
import type { TraceTagIr, TracingIr } from '../ir/tracing.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { withoutAbsent, withoutDefaults } from './without-defaults.ts';

/** The tracing of an HTTP connection manager, by the tracer of the bootstrap. What others decided about a request stays. */
export function encodeTracing({ randomSampling, tags, maxPathLength }: TracingIr): ProtoJson {
  return withoutAbsent({
    clientSampling: { value: 100 },
    randomSampling: withoutDefaults({ value: randomSampling }),
    overallSampling: { value: 100 },
    customTags: tags.length === 0 ? undefined : tags.map((tag) => ({ tag: tag.name, ...encodeValue(tag.value) })),
    maxPathTagLength: maxPathLength,
  });
}

function encodeValue(value: TraceTagIr['value']): ProtoJson {
  switch (value.from) {
    case 'text':
      return { literal: { value: value.text } };
    case 'environment':
      return { environment: withoutDefaults({ name: value.name, defaultValue: value.fallback }) };
    case 'header':
      return { requestHeader: withoutDefaults({ name: value.name, defaultValue: value.fallback }) };
    case 'request-metadata':
      return { metadata: { kind: { request: {} }, metadataKey: { key: value.filter, path: [{ key: value.key }] } } };
    default:
      return unreachable(value);
  }
}
