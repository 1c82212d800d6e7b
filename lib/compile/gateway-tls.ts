import type { ClientCheckIr, DownstreamTlsIr } from '../ir/listener.ts';
import type { TerminatedTls } from '../model/server-tls.ts';

/** GW-27: how TLS ends at a router, for what is inside of it. */
export function gatewayTls(tls: TerminatedTls, inside: 'http' | 'tcp'): DownstreamTlsIr {
  const isMesh = tls.mode === 'istio-mutual';
  return {
    certificateSecrets: tls.certificateSecrets,
    clients: clientCheck(tls),
    requiresClientCertificate: isMesh || tls.mode === 'mutual',
    applicationProtocols: isMesh && inside === 'tcp' ? ['istio-peer-exchange', 'h2', 'http/1.1'] : ['h2', 'http/1.1'],
    // The mesh's own TLS is not for a server to tune.
    minimumVersion: isMesh ? undefined : tls.minimumVersion,
    maximumVersion: isMesh ? undefined : tls.maximumVersion,
    cipherSuites: isMesh ? [] : tls.cipherSuites,
  };
}

/** A server that asks for no certificate checks one that is shown only by the names that it must carry, if any are written. */
function clientCheck(tls: TerminatedTls): ClientCheckIr | undefined {
  const { mode, clientNames, keyHashes, certificateHashes, acceptsUntrusted, revocationList } = tls;
  if (mode === 'simple' && clientNames.length === 0) return undefined;
  const asksForCertificate = mode !== 'simple';
  return {
    trustSecret: asksForCertificate ? tls.trustSecret : '',
    uriPrefixes: [],
    names: clientNames,
    keyHashes: asksForCertificate ? keyHashes : [],
    certificateHashes: asksForCertificate ? certificateHashes : [],
    acceptsUntrusted: asksForCertificate && acceptsUntrusted,
    revocationList: asksForCertificate ? revocationList : '',
  };
}
