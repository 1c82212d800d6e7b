import { unreachable } from '../base/unreachable.ts';
import type { PollSetting } from '../ir/proxy-ir.ts';
import type { ServerCheckIr, UpstreamTlsIr, UpstreamTransportIr } from '../ir/upstream-tls.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeCertificates, encodeValidation } from './tls-material.ts';
import { typedExtension } from './typed-extension.ts';
import { withoutDefaults } from './without-defaults.ts';

const RAW_BUFFER = typedExtension(
  'envoy.transport_sockets.raw_buffer',
  'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer',
);

/** The members of a Cluster that say how its connections travel; none where they are plain. */
export function encodeTransport({ encryption, proxyProtocol }: UpstreamTransportIr, ir: PollSetting): ProtoJson {
  const wrapped = proxyWrapper(proxyProtocol);
  switch (encryption.type) {
    case 'none':
      return proxyProtocol === undefined ? {} : { transportSocket: wrapped({ ...RAW_BUFFER, name: 'raw_buffer' }) }; // as Istio calls it here
    case 'always':
      return { transportSocket: wrapped(encodeUpstreamTls(encryption.tls, ir)) };
    case 'by-endpoint':
      return {
        transportSocketMatches: [
          {
            name: 'tlsMode-istio',
            match: { tlsMode: 'istio' },
            transportSocket: wrapped(encodeUpstreamTls(encryption.tls, ir)),
          },
          { name: 'tlsMode-disabled', match: {}, transportSocket: wrapped(RAW_BUFFER) },
        ],
      };
    default:
      return unreachable(encryption);
  }
}

/** DR-35: the PROXY protocol goes around whatever else there is. */
function proxyWrapper(version: UpstreamTransportIr['proxyProtocol']): (socket: ProtoJson) => ProtoJson {
  if (version === undefined) return (socket) => socket;
  return (transportSocket) =>
    typedExtension(
      'envoy.transport_sockets.upstream_proxy_protocol',
      'envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport',
      { config: version === 'v2' ? { version: 'V2' } : {}, transportSocket },
    );
}

function encodeUpstreamTls(tls: UpstreamTlsIr, ir: PollSetting): ProtoJson {
  return typedExtension(
    'envoy.transport_sockets.tls',
    'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
    withoutDefaults({
      commonTlsContext: withoutDefaults({
        tlsParams: withoutDefaults({
          tlsMinimumProtocolVersion: 'TLSv1_2',
          tlsMaximumProtocolVersion: 'TLSv1_3',
          cipherSuites: tls.cipherSuites,
          ecdhCurves: tls.curves,
        }),
        ...(tls.certificate && encodeCertificates([tls.certificate], ir)),
        ...(tls.servers ? encodeServerCheck(tls.servers, ir) : { validationContext: {} }),
        alpnProtocols: tls.applicationProtocols,
      }),
      sni: tls.serverName,
    }),
  );
}

function encodeServerCheck({ roots, names, revocationList }: ServerCheckIr, ir: PollSetting): ProtoJson {
  const context = withoutDefaults({
    matchSubjectAltNames: names.map((exact) => ({ exact })),
    crl: revocationList === '' ? undefined : { filename: revocationList },
  });
  return encodeValidation(roots, context, ir);
}
