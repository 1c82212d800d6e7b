import type { HttpFilterIr } from '../../ir/http-connection-manager.ts';
import type { ProtoJson } from '../envoy-resource.ts';
import { structExtension } from '../typed-extension.ts';

type PeerMetadataIr = Extract<HttpFilterIr, { readonly type: 'istio-metadata-exchange' }>;

/** Exchanges workload metadata with the other side in headers, for Istio's statistics. Only in Istio's build of Envoy. */
export function encodePeerMetadata({ side }: PeerMetadataIr): ProtoJson {
  const discovery = [{ istio_headers: {} }, { workload_discovery: {} }];
  const propagation = [{ istio_headers: {} }];
  return structExtension(
    'istio.metadata_exchange',
    'io.istio.http.peer_metadata.Config',
    side === 'server'
      ? { downstream_discovery: discovery, downstream_propagation: propagation }
      : { upstream_discovery: discovery, upstream_propagation: propagation },
  );
}
