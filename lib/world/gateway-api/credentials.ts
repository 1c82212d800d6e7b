import type { MeshSecrets, SecretsByNamespace } from '../secrets.ts';

/** What is known of Secrets and ConfigMaps that Gateways refer to: what is wrong with one, as the end of a sentence. */
export interface Credentials {
  /** A certificate with its key. */
  pairProblem(namespace: string, name: string): string | undefined;
  /** Authorities by whom certificates are signed. */
  trustProblem(kind: 'Secret' | 'ConfigMap', namespace: string, name: string): string | undefined;
  hasConfigMap(namespace: string, name: string): boolean;
}

/** GA-6: whether what a Gateway refers to is there and could be used as it is now. */
export function credentialsIn({ secrets, configMaps }: Pick<MeshSecrets, 'secrets' | 'configMaps'>): Credentials {
  const find = (all: SecretsByNamespace, namespace: string, name: string) => all.get(namespace)?.get(name);
  return {
    pairProblem: (namespace, name) => {
      const found = find(secrets, namespace, name);
      return found === undefined ? `secret ${namespace}/${name} not found` : found.pair.problem || undefined;
    },
    trustProblem: (kind, namespace, name) => {
      const found = find(kind === 'Secret' ? secrets : configMaps, namespace, name);
      return found === undefined
        ? `${kind.toLowerCase()} ${namespace}/${name} not found`
        : found.trust.problem || undefined;
    },
    hasConfigMap: (namespace, name) => find(configMaps, namespace, name) !== undefined,
  };
}
