import type { Service } from '../model/service.ts';
import type { Resource } from '../resources/resource.ts';

const ANNOTATION = 'networking.istio.io/traffic-distribution';

/**
 * SR-17: what the spec says, word for word; else what the annotation says, in whatever case; else that of its namespace. Other
 * words mean any instance.
 */
export function readTrafficDistribution(
  specified: string | undefined,
  annotations: Readonly<Record<string, string>> | undefined,
  namespace: Resource<'Namespace'> | undefined,
): Service['trafficDistribution'] {
  const own = annotations?.[ANNOTATION] ?? '';
  const annotated = own === '' ? (namespace?.metadata.annotations?.[ANNOTATION] ?? '') : own;
  return WORDS.get(specified ?? '') ?? ANY_CASE.get(annotated.toLowerCase());
}

const WORDS: ReadonlyMap<string, Service['trafficDistribution']> = new Map([
  ['PreferClose', 'same-zone'],
  ['PreferSameZone', 'same-zone'],
  ['PreferSameNode', 'same-node'],
]);

const ANY_CASE: ReadonlyMap<string, Service['trafficDistribution']> = new Map(
  [...WORDS].map(([word, meaning]) => [word.toLowerCase(), meaning]),
);
