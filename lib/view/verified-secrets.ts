import { readSecretName } from '../model/credential.ts';
import type { GatewaySource } from '../world/gateways.ts';
import type { ViewFacts } from './proxy-view.ts';

/**
 * GW-16: names of secrets by which a Gateway may speak of them for this router: only for the router that it is written for, and those of
 * its own namespace.
 */
export function verifiedSecretsOf(gateway: GatewaySource, { namespace, serviceAccount }: ViewFacts): readonly string[] {
  const isItsRouter =
    gateway.routerNamespace === namespace &&
    (gateway.serviceAccount === '' || gateway.serviceAccount === serviceAccount);
  if (!isItsRouter) return [];
  return secretNamesOf(gateway).filter((name) => {
    const credential = readSecretName(name, namespace);
    return credential.type === 'verified' && gateway.namespace === namespace && credential.namespace === namespace;
  });
}

function secretNamesOf({ servers }: GatewaySource): readonly string[] {
  return servers.flatMap(({ tls }) => {
    if (tls.type !== 'terminated') return [];
    const isMutual = tls.mode === 'mutual' || tls.mode === 'optional-mutual';
    const named = isMutual ? [...tls.certificates, tls.roots] : tls.certificates;
    return named.flatMap((each) => (each.from === 'secret' ? [each.name] : []));
  });
}
