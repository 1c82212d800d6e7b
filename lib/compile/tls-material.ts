import type { ServerCheckIr } from '../ir/upstream-tls.ts';
import type { CertificateIr, RootsIr } from '../ir/tls-material.ts';
import { rootsSecretName, secretName } from '../model/credential.ts';
import type { TlsMaterial } from '../model/client-tls.ts';
import type { ClientRoots, ServerCertificate } from '../model/server-tls.ts';
import type { Profile } from '../view/proxy-facts.ts';

/** Where the roots of public authorities lie in the images of Envoy; Istio's agent finds those of its own image. */
const SYSTEM_ROOTS = '/etc/ssl/certs/ca-certificates.crt';

/**
 * A certificate as a proxy of that profile comes by it. Files of its machine are read by Envoy itself, or by Istio's agent beside
 * it, which hands them on as secrets and notices when they change.
 */
export function certificateFrom(material: ServerCertificate, profile: Profile): CertificateIr {
  if (material.from === 'secret' || profile === 'envoy') return material;
  return { from: 'secret', name: `file-cert:${material.certificate}~${material.key}` };
}

/** The same of roots. */
export function rootsFrom(roots: ClientRoots, profile: Profile): RootsIr {
  if (roots.from === 'secret' || profile === 'envoy') return roots;
  return { from: 'secret', name: `file-root:${roots.path}` };
}

/** What the proxy shows. `undefined` where nothing was written: such a server is not met without encryption, it will turn the proxy
 * away (DR-32).
 */
export function certificateOf(material: TlsMaterial, profile: Profile): CertificateIr | undefined {
  if (material.from === 'credential') return { from: 'secret', name: secretName(material.name) };
  const { certificate, key } = material;
  return certificate === '' || key === '' ? undefined : certificateFrom({ from: 'files', certificate, key }, profile);
}

/** MTLS-16: whom the proxy believes; without other word, those authorities that its machine believes. */
export function serverCheckOf(
  material: TlsMaterial,
  { names, profile }: { readonly names: readonly string[]; readonly profile: Profile },
): ServerCheckIr {
  if (material.from === 'credential') {
    return { roots: { from: 'secret', name: rootsSecretName(material.name) }, names, revocationList: '' };
  }
  const { roots, revocationList } = material;
  if (roots !== '') return { roots: rootsFrom({ from: 'file', path: roots }, profile), names, revocationList };
  const system: RootsIr =
    profile === 'envoy' ? { from: 'file', path: SYSTEM_ROOTS } : { from: 'secret', name: 'file-root:system' };
  return { roots: system, names, revocationList };
}
