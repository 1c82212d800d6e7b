import type { ServerCheckIr } from '../ir/upstream-tls.ts';
import type { CertificateIr, RootsIr } from '../ir/tls-material.ts';
import { MESH_ROOTS, OWN_CERTIFICATE, rootsSecretName, secretName } from '../model/credential.ts';
import type { TlsMaterial } from '../model/client-tls.ts';
import type { ClientRoots, ServerCertificate } from '../model/server-tls.ts';
import { type MachineFacts, meshRoots, ownCertificate } from './mesh-tls.ts';

/** Where the roots of public authorities lie in the images of Envoy; Istio's agent finds those of its own image. */
const SYSTEM_ROOTS = '/etc/ssl/certs/ca-certificates.crt';

/**
 * A certificate as a proxy of that profile comes by it. Files of its machine are read by Envoy itself, or by Istio's agent beside
 * it, which hands them on as secrets and notices when they change.
 */
export function certificateFrom(material: ServerCertificate, facts: MachineFacts): CertificateIr {
  if (material.from === 'secret') return material.name === OWN_CERTIFICATE ? ownCertificate(facts) : material;
  if (facts.profile === 'envoy') return material;
  return { from: 'secret', name: `file-cert:${material.certificate}~${material.key}` };
}

/** The same of roots. */
export function rootsFrom(roots: ClientRoots, facts: MachineFacts): RootsIr {
  if (roots.from === 'secret') return roots.name === MESH_ROOTS ? meshRoots(facts) : roots;
  if (facts.profile === 'envoy') return roots;
  return { from: 'secret', name: `file-root:${roots.path}` };
}

/** What the proxy shows. `undefined` where nothing was written: such a server is not met without encryption, it will turn the proxy
 * away (DR-32).
 */
export function certificateOf(material: TlsMaterial, facts: MachineFacts): CertificateIr | undefined {
  if (material.from === 'credential')
    return certificateFrom({ from: 'secret', name: secretName(material.name) }, facts);
  const { certificate, key } = material;
  return certificate === '' || key === '' ? undefined : certificateFrom({ from: 'files', certificate, key }, facts);
}

/** MTLS-16: whom the proxy believes; without other word, those authorities that its machine believes. */
export function serverCheckOf(
  material: TlsMaterial,
  { names, facts }: { readonly names: readonly string[]; readonly facts: MachineFacts },
): ServerCheckIr {
  if (material.from === 'credential') {
    const roots = rootsFrom({ from: 'secret', name: rootsSecretName(material.name) }, facts);
    return { roots, names, revocationList: '' };
  }
  const { roots, revocationList } = material;
  if (roots !== '') return { roots: rootsFrom({ from: 'file', path: roots }, facts), names, revocationList };
  const system: RootsIr =
    facts.profile === 'envoy' ? { from: 'file', path: SYSTEM_ROOTS } : { from: 'secret', name: 'file-root:system' };
  return { roots: system, names, revocationList };
}
