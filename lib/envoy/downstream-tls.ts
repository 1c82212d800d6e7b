import type { DownstreamTlsIr } from '../ir/listener.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import { restConfigSource } from './config-source.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { filled, typedExtension, withoutDefaults } from './typed-extension.ts';

/** Istio's choice for mesh traffic (ITLS-7); TLS 1.3 has suites of its own that cannot be chosen. */
const CIPHER_SUITES = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
];

/** Mutual TLS as a server: own certificate and trusted roots come by secret discovery, every client shows a certificate. */
export function encodeDownstreamTls(tls: DownstreamTlsIr, { refresh }: ProxyIr): ProtoJson {
  const secret = (name: string): ProtoJson => ({ name, sdsConfig: restConfigSource(refresh) });
  const prefixes = tls.clientUriPrefixes.map((prefix) => ({ prefix }));
  return typedExtension(
    'envoy.transport_sockets.tls',
    'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
    {
      commonTlsContext: {
        tlsParams: {
          tlsMinimumProtocolVersion: 'TLSv1_2',
          tlsMaximumProtocolVersion: 'TLSv1_3',
          cipherSuites: CIPHER_SUITES,
        },
        tlsCertificateSdsSecretConfigs: [secret(tls.certificateSecret)],
        combinedValidationContext: {
          defaultValidationContext: withoutDefaults({ matchSubjectAltNames: filled(prefixes) }),
          validationContextSdsSecretConfig: secret(tls.trustSecret),
        },
        alpnProtocols: tls.applicationProtocols,
      },
      requireClientCertificate: true,
    },
  );
}
