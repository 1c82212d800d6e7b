import { policyLevels } from '../model/policy-levels.ts';
import { MESH_ROOTS, OWN_CERTIFICATE, rootsSecretName, secretName } from '../model/credential.ts';
import type { ProxyView } from '../view/proxy-view.ts';

/** A place in a document that names a secret. */
export interface SecretAsker {
  readonly resource: string;
  readonly path: string;
}

/** The documents that name a secret, each once: servers of Gateways, and rules for the TLS of clients. */
export function askersOf(
  { gateway, services }: Pick<ProxyView, 'gateway' | 'services'>,
  name: string,
): readonly SecretAsker[] {
  const found = new Map<string, SecretAsker>();
  const add = (asker: SecretAsker): void => void found.set(`${asker.resource} ${asker.path}`, asker);
  for (const { servers } of gateway?.listeners ?? []) {
    for (const { gateway: resource, path, tls } of servers) {
      if (tls.type !== 'terminated') continue;
      const isNamed = [...tls.certificates, tls.roots].some((each) => each.from === 'secret' && each.name === name);
      if (isNamed) add({ resource, path: `${path}.tls` });
    }
  }
  for (const { policy } of services) {
    const isNamed = policy !== undefined && policyLevels(policy).some(({ tls }) => namesIn(tls).includes(name));
    for (const resource of isNamed ? policy.from : []) add({ resource, path: '' });
  }
  return [...found.values()];
}

function namesIn(tls: ReturnType<typeof policyLevels>[number]['tls']): readonly string[] {
  if (tls?.mode === 'istio-mutual') return [OWN_CERTIFICATE, MESH_ROOTS];
  if (tls === undefined || tls.mode === 'off' || tls.material.from !== 'credential') return [];
  return [secretName(tls.material.name), rootsSecretName(tls.material.name)];
}
