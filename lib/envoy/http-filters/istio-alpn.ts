import type { ProtoJson } from '../envoy-resource.ts';
import { typedExtension } from '../typed-extension.ts';

/**
 * Tells the server, by the application protocols of the TLS handshake, that the client's proxy saw HTTP: so a server whose
 * port declares no protocol can choose its HTTP chain without looking. Only in Istio's build of Envoy.
 */
export function encodeIstioAlpn(): ProtoJson {
  return typedExtension('istio.alpn', 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig', {
    alpnOverride: [
      { alpnOverride: ['istio-http/1.0', 'istio', 'http/1.0'] },
      { upstreamProtocol: 'HTTP11', alpnOverride: ['istio-http/1.1', 'istio', 'http/1.1'] },
      { upstreamProtocol: 'HTTP2', alpnOverride: ['istio-h2', 'istio', 'h2'] },
    ],
  });
}
