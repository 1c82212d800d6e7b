import { readSecretName, rootsSecretName } from '../model/credential.ts';
import type { TerminatedTls } from '../model/server-tls.ts';
import type { GatewaySource } from '../world/gateways.ts';
import type { ViewFacts } from './proxy-view.ts';

/**
 * GW-16: names of secrets by which a Gateway may speak of them for this router: only for the router that it is written for, and those of
 * its own namespace, or those that a ReferenceGrant lets it name.
 */
export function verifiedSecretsOf(gateway: GatewaySource, { namespace, serviceAccount }: ViewFacts): readonly string[] {
  const isItsRouter =
    gateway.routerNamespace === namespace &&
    (gateway.serviceAccount === '' || gateway.serviceAccount === serviceAccount);
  if (!isItsRouter) return [];
  return secretNamesOf(gateway).filter((name) => {
    const credential = readSecretName(name, namespace);
    const isOwn =
      gateway.namespace === namespace && credential.type === 'verified' && credential.namespace === namespace;
    return isOwn || (credential.type === 'verified' && gateway.hasGrantedSecrets);
  });
}

const namedSecret = (part: TerminatedTls['roots'] | TerminatedTls['certificates'][number]): readonly string[] =>
  part.from === 'secret' ? [part.name] : [];

/** Where clients are checked, the roots that belong to a certificate may be named beside those that are written. */
function secretNamesOf({ servers }: GatewaySource): readonly string[] {
  return servers.flatMap(({ tls }) => {
    if (tls.type !== 'terminated') return [];
    const isMutual = tls.mode === 'mutual' || tls.mode === 'optional-mutual';
    const certificates = tls.certificates.flatMap(namedSecret);
    if (!isMutual) return certificates;
    return [...certificates, ...certificates.map(rootsSecretName), ...namedSecret(tls.roots)];
  });
}
