import type { CertificateIr, ServerCheckIr } from '../ir/upstream-tls.ts';
import type { TlsMaterial } from '../model/client-tls.ts';
import type { Profile } from '../view/proxy-facts.ts';

/** Where the roots of public authorities lie in the images of Envoy; Istio's agent finds those of its own image. */
const SYSTEM_ROOTS = '/etc/ssl/certs/ca-certificates.crt';

/**
 * What the proxy shows. Files of the proxy's machine are read by Envoy itself, or by Istio's agent beside it, which hands them on as
 * secrets and notices when they change. `undefined` where nothing was written: such a server is not met without encryption,
 * it will turn the proxy away (DR-32).
 */
export function certificateOf(material: TlsMaterial, profile: Profile): CertificateIr | undefined {
  if (material.from === 'credential') return { from: 'secret', name: credentialSecret(material.name) };
  const { certificate, key } = material;
  if (certificate === '' || key === '') return undefined;
  if (profile === 'istio-proxy') return { from: 'secret', name: `file-cert:${certificate}~${key}` };
  return { from: 'files', certificate, key };
}

/** MTLS-16: whom the proxy believes; without other word, those authorities that its machine believes. */
export function serverCheckOf(
  material: TlsMaterial,
  { names, profile }: { readonly names: readonly string[]; readonly profile: Profile },
): ServerCheckIr {
  if (material.from === 'credential') {
    return { roots: { from: 'secret', name: credentialSecret(`${material.name}-cacert`) }, names, revocationList: '' };
  }
  const { roots, revocationList } = material;
  if (profile === 'envoy') {
    return { roots: { from: 'file', path: roots === '' ? SYSTEM_ROOTS : roots }, names, revocationList };
  }
  return { roots: { from: 'secret', name: `file-root:${roots === '' ? 'system' : roots}` }, names, revocationList };
}

/** TC-1, TC-2: a name with a scheme is taken as it is. */
const credentialSecret = (name: string): string => (name.includes('://') ? name : `kubernetes://${name}`);
