import type { ClientCheckIr, DownstreamTlsIr } from '../ir/listener.ts';
import type { TerminatedTls } from '../model/server-tls.ts';
import { type MachineFacts, withoutPeerExchange } from './mesh-tls.ts';
import { certificateFrom, rootsFrom } from './tls-material.ts';

/** What a router's TLS is for. */
export interface TlsPlace {
  /** What is inside of it. */
  readonly inside: 'http' | 'tcp';
  readonly facts: MachineFacts;
}

/** GW-27: how TLS ends at a router. */
export function gatewayTls(tls: TerminatedTls, { inside, facts }: TlsPlace): DownstreamTlsIr {
  const isMesh = tls.mode === 'istio-mutual';
  return {
    certificates: tls.certificates.map((certificate) => certificateFrom(certificate, facts)),
    clients: clientCheck(tls, facts),
    requiresClientCertificate: isMesh || tls.mode === 'mutual',
    applicationProtocols:
      isMesh && inside === 'tcp'
        ? withoutPeerExchange(['istio-peer-exchange', 'h2', 'http/1.1'], facts)
        : ['h2', 'http/1.1'],
    // The mesh's own TLS is not for a server to tune.
    minimumVersion: isMesh ? undefined : tls.minimumVersion,
    maximumVersion: isMesh ? undefined : tls.maximumVersion,
    cipherSuites: isMesh ? [] : tls.cipherSuites,
  };
}

/** A server that asks for no certificate checks one that is shown only by the names that it must carry, if any are written. */
function clientCheck(tls: TerminatedTls, facts: MachineFacts): ClientCheckIr | undefined {
  const { mode, clientNames, keyHashes, certificateHashes, acceptsUntrusted, revocationList } = tls;
  if (mode === 'simple' && clientNames.length === 0) return undefined;
  const asksForCertificate = mode !== 'simple';
  return {
    roots: asksForCertificate ? rootsFrom(tls.roots, facts) : undefined,
    uriPrefixes: [],
    names: clientNames,
    keyHashes: asksForCertificate ? keyHashes : [],
    certificateHashes: asksForCertificate ? certificateHashes : [],
    acceptsUntrusted: asksForCertificate && acceptsUntrusted,
    revocationList: asksForCertificate ? revocationList : '',
  };
}
