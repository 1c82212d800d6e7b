import type { CertificateIr, RootsIr } from '../ir/tls-material.ts';
import { MESH_ROOTS, OWN_CERTIFICATE } from '../model/credential.ts';
import type { ViewFacts } from '../view/proxy-view.ts';

/** What decides where a proxy has certificates from. */
export type MachineFacts = Pick<ViewFacts, 'profile' | 'identityDirectory'>;

/** Istio's Envoy tells by it that it sends facts about its workload first. */
export const PEER_EXCHANGE = 'istio-peer-exchange';

/** Whether the proxy has a certificate of the mesh: from Istio's agent beside it, or in files that an agent of ours writes. */
export const speaksMeshTls = ({ profile, identityDirectory }: MachineFacts): boolean =>
  profile === 'istio-proxy' || identityDirectory !== '';

/** SDS-1, ITLS-9: the workload's own certificate. */
export const ownCertificate = (facts: MachineFacts): CertificateIr => ofMachine(OWN_CERTIFICATE, facts);

/** SDS-1, ITLS-8: the authorities of the mesh. */
export const meshRoots = (facts: MachineFacts): RootsIr => ofMachine(MESH_ROOTS, facts);

/**
 * Without a place to find it, it is asked for like any secret and never served, so that nothing works that would have needed it
 * (docs/decisions/0022).
 */
function ofMachine(name: string, { profile, identityDirectory }: MachineFacts): CertificateIr & RootsIr {
  if (profile === 'istio-proxy' || identityDirectory === '') return { from: 'secret', name };
  return { from: 'secret-file', name, path: `${identityDirectory}/${name}.json` };
}

/** What of a list of application protocols the proxy can do (PROF-2). */
export const withoutPeerExchange = (protocols: readonly string[], { profile }: MachineFacts): readonly string[] =>
  profile === 'istio-proxy' ? protocols : protocols.filter((each) => each !== PEER_EXCHANGE);
