import type { TraceTag, TracingSettings } from '../model/tracing.ts';
import type { MeshConfig } from '../resources/mesh-defaults.ts';

type TracingSpec = NonNullable<MeshConfig['defaultConfig']['tracing']>;

/** Istio traces one request of a hundred unless told otherwise, and also where it is told more than all. */
const DEFAULT_SAMPLING = 1;

/** TR-1 of tracing: what MeshConfig itself says about tracing; `undefined` where it is off. */
export function readTracing({ enableTracing, defaultConfig }: MeshConfig): TracingSettings | undefined {
  if (!enableTracing) return undefined;
  const { sampling = 0, enableIstioTags = true, customTags = {}, maxPathTagLength = 0 } = defaultConfig.tracing ?? {};
  return {
    randomSampling: sampling === 0 || sampling > 100 ? DEFAULT_SAMPLING : sampling, // TR-9 of tracing
    hasIstioTags: enableIstioTags,
    customTags: Object.entries(customTags).flatMap(([name, tag]) => readTag(name, tag)),
    maxPathLength: maxPathTagLength === 0 ? undefined : maxPathTagLength,
  };
}

/** A tag that says nothing is left out. */
function readTag(name: string, spec: NonNullable<TracingSpec['customTags']>[string]): TraceTag[] {
  const { literal, environment, header } = spec;
  if (literal !== undefined) return [{ name, value: { from: 'text', text: literal.value ?? '' } }];
  const [from, found] =
    environment === undefined ? (['header', header] as const) : (['environment', environment] as const);
  return found === undefined
    ? []
    : [{ name, value: { from, name: found.name ?? '', fallback: found.defaultValue ?? '' } }];
}
