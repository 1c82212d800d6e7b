import type { Issue } from '../base/issue.ts';
import { BLACK_HOLE_CLUSTER } from '../ir/cluster-name.ts';
import type { DownstreamTlsIr, FilterChainIr } from '../ir/listener.ts';
import { modeOfPort, type MutualTlsMode } from '../model/mutual-tls.ts';
import { ANY_CONNECTION, PLAIN_CHAIN, tcpTo } from './filter-chains.ts';
import type { InboundPort } from './inbound-port.ts';
import type { ListenerView } from './listener-view.ts';
import { meshRoots, ownCertificate, speaksMeshTls, withoutPeerExchange } from './mesh-tls.ts';

/** Which connections a port of this proxy takes; `none` where it may take mutual TLS alone, and has no certificate for it. */
export function inboundMode({ facts, mutualTls }: ListenerView, port: number): MutualTlsMode | 'none' {
  const mode = modeOfPort(mutualTls, port);
  if (speaksMeshTls(facts)) return mode;
  return mode === 'strict' ? 'none' : 'disabled';
}

/**
 * Takes what comes to a port that may take nothing, and ends it. Without it the connection would go to the chains of every other
 * port, which may let it in.
 */
export const closedChain = ({ port, chainNames }: InboundPort): FilterChainIr => ({
  ...PLAIN_CHAIN,
  name: chainNames.tcp,
  match: { ...ANY_CONNECTION, destinationPort: port },
  filters: [tcpTo(BLACK_HOLE_CLUSTER)],
});

/** Says of the policy which ports of which proxies it closes. */
export function closedPortsIssue({ facts, mutualTls: { source } }: ListenerView, ports: readonly number[]): Issue[] {
  if (source === undefined || ports.length === 0) return [];
  const named = ports.filter((port) => port !== 0).map((port) => `port ${port}`);
  const which = [...named, ...(ports.includes(0) ? ['every port that no service of theirs has'] : [])].join(', ');
  const message = `proxies of namespace ${facts.namespace} that have no certificate of the mesh let nothing in at ${which}; give them one (pilotless bootstrap --identity-dir), or use PERMISSIVE until they have`;
  return [{ severity: 'warning', code: 'STRICT_WITHOUT_IDENTITY', resource: source, path: '', message }];
}

/** Istio's choice for mesh traffic (ITLS-7); TLS 1.3 has suites of its own that cannot be chosen. */
const CIPHER_SUITES = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
];

/** ITLS-6 to ITLS-9 */
export function inboundTls({ mesh, facts }: ListenerView, carries: 'http' | 'tcp'): DownstreamTlsIr {
  const { cipherSuites, minimumVersion } = mesh.meshTls;
  return {
    certificates: [ownCertificate(facts)],
    clients: {
      roots: meshRoots(facts),
      uriPrefixes: mesh.trustedDomains.map((domain) => `spiffe://${domain}/`),
      names: [],
      keyHashes: [],
      certificateHashes: [],
      acceptsUntrusted: false,
      revocationList: '',
    },
    requiresClientCertificate: true,
    applicationProtocols:
      carries === 'http' ? ['h2', 'http/1.1'] : withoutPeerExchange(['istio-peer-exchange', 'h2', 'http/1.1'], facts),
    minimumVersion,
    maximumVersion: '1.3',
    cipherSuites: cipherSuites.length > 0 ? cipherSuites : CIPHER_SUITES,
  };
}
