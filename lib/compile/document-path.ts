import type { Kind } from '../resources/kinds.ts';
import type { ResourceKey } from '../resources/resource.ts';

/** A kind of documents that routes and chains come from, as metadata of Envoy's resources names it. */
interface PathKind {
  readonly kind: Kind;
  readonly group: string;
  readonly word: string;
}

const ISTIO = 'networking.istio.io';
const GATEWAY_API = 'gateway.networking.k8s.io';

export const PATH_KINDS: readonly PathKind[] = [
  { kind: 'VirtualService', group: ISTIO, word: 'virtual-service' },
  { kind: 'Sidecar', group: ISTIO, word: 'sidecar' },
  { kind: 'HTTPRoute', group: GATEWAY_API, word: 'http-route' },
  { kind: 'GRPCRoute', group: GATEWAY_API, word: 'grpc-route' },
  { kind: 'TLSRoute', group: GATEWAY_API, word: 'tls-route' },
  { kind: 'TCPRoute', group: GATEWAY_API, word: 'tcp-route' },
];

/** The API path by which metadata names the document that routes or chains come from; dashboards know it from Istio. */
export function documentPath(source: ResourceKey): string {
  const [kind, namespace = '', name = ''] = source.split('/');
  const known = PATH_KINDS.find((each) => each.kind === kind);
  return known === undefined ? '' : `/apis/${known.group}/v1/namespaces/${namespace}/${known.word}/${name}`;
}
