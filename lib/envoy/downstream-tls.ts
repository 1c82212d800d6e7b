import type { ClientCheckIr, DownstreamTlsIr, TlsVersionIr } from '../ir/listener.ts';
import type { PollSetting } from '../ir/proxy-ir.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeCertificates, encodeValidation } from './tls-material.ts';
import { typedExtension } from './typed-extension.ts';
import { withoutDefaults } from './without-defaults.ts';

/** TLS as a server. */
export function encodeDownstreamTls(tls: DownstreamTlsIr, ir: PollSetting): ProtoJson {
  return typedExtension(
    'envoy.transport_sockets.tls',
    'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
    {
      commonTlsContext: withoutDefaults({
        tlsParams: encodeParameters(tls),
        ...encodeCertificates(tls.certificates, ir),
        ...(tls.clients && encodeClientCheck(tls.clients, ir)),
        alpnProtocols: tls.applicationProtocols,
      }),
      requireClientCertificate: tls.requiresClientCertificate,
    },
  );
}

const VERSIONS: Readonly<Record<TlsVersionIr, string>> = {
  '1.0': 'TLSv1_0',
  '1.1': 'TLSv1_1',
  '1.2': 'TLSv1_2',
  '1.3': 'TLSv1_3',
};

function encodeParameters({ minimumVersion, maximumVersion, cipherSuites }: DownstreamTlsIr): ProtoJson | undefined {
  const parameters = withoutDefaults({
    tlsMinimumProtocolVersion: minimumVersion && VERSIONS[minimumVersion],
    tlsMaximumProtocolVersion: maximumVersion && VERSIONS[maximumVersion],
    cipherSuites: cipherSuites,
  });
  return Object.keys(parameters).length === 0 ? undefined : parameters;
}

function encodeClientCheck(clients: ClientCheckIr, ir: PollSetting): ProtoJson {
  const context = withoutDefaults({
    matchSubjectAltNames: [
      ...clients.names.map((exact) => ({ exact })),
      ...clients.uriPrefixes.map((prefix) => ({ prefix })),
    ],
    verifyCertificateSpki: clients.keyHashes,
    verifyCertificateHash: clients.certificateHashes,
    trustChainVerification: clients.acceptsUntrusted ? 'ACCEPT_UNTRUSTED' : undefined,
    crl: clients.revocationList === '' ? undefined : { filename: clients.revocationList },
  });
  return encodeValidation(clients.roots, context, ir);
}
