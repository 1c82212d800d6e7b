/** Ending of the name of a secret that holds roots alone, beside one that holds a certificate and its key (TC-1, SDS-7). */
const ROOTS_ENDING = '-cacert';

/** Names of the workload's own certificate and of the mesh's roots (TC-7, SDS-1). */
export const OWN_CERTIFICATE = 'default';
export const MESH_ROOTS = 'ROOTCA';

/** What the name of a secret, as a proxy asks for it, stands for (SDS-2). */
export type Credential =
  /** `verified`: to be had only where a Gateway may name it (GW-16), whatever the proxy may read otherwise. */
  | { readonly type: 'secret' | 'verified'; readonly namespace: string; readonly name: string }
  | { readonly type: 'config-map'; readonly namespace: string; readonly name: string }
  /** What the proxy's own machine has: its certificate, the mesh's roots, files. */
  | { readonly type: 'of-machine' }
  /** Written so that it is never to be had. */
  | { readonly type: 'never' }
  | { readonly type: 'malformed' };

/**
 * The name under which a proxy asks for what a `credentialName` means (SDS-1, TC-2): one with a scheme is taken as it is, any other is a
 * Secret. An external provider of secrets cannot be named, so that its names are those of Secrets too.
 */
export function secretName(credentialName: string): string {
  if (credentialName === `builtin://${ROOTS_ENDING}`) return MESH_ROOTS;
  if (credentialName.startsWith('builtin://')) return OWN_CERTIFICATE;
  if (credentialName.startsWith('invalid://')) return 'invalid://';
  const name = credentialName.startsWith('sds://') ? credentialName.slice('sds://'.length) : credentialName;
  return name.includes('://') ? name : `kubernetes://${name}`;
}

/** The name of the secret with the roots that belong to a `credentialName`. */
export const rootsSecretName = (credentialName: string): string => secretName(`${credentialName}${ROOTS_ENDING}`);

/** Reads the name of a secret; `ownNamespace` is the proxy's. */
export function readSecretName(name: string, ownNamespace: string): Credential {
  if (isOfMachine(name)) return { type: 'of-machine' };
  const [, scheme = '', path = ''] = /^([a-z-]+):\/\/(.*)$/s.exec(name) ?? [];
  const parts = path.split('/');
  const [first = '', second = ''] = parts;
  const isWhole = parts.length === 2 && first !== '' && second !== '';
  switch (scheme) {
    case 'kubernetes':
      if (isWhole) return { type: 'secret', namespace: first, name: second };
      return parts.length === 1 && first !== ''
        ? { type: 'secret', namespace: ownNamespace, name: first }
        : { type: 'malformed' };
    case 'kubernetes-gateway':
      return isWhole ? { type: 'verified', namespace: first, name: second } : { type: 'malformed' };
    case 'configmap':
      return isWhole ? { type: 'config-map', namespace: first, name: withoutEnding(second) } : { type: 'malformed' };
    case 'invalid':
      return { type: 'never' };
    default:
      return { type: 'malformed' };
  }
}

/** Names that nothing but the proxy's own machine can answer. */
const isOfMachine = (name: string): boolean =>
  name === OWN_CERTIFICATE || name === MESH_ROOTS || name.startsWith('file-cert:') || name.startsWith('file-root:');

/** The name without the ending that asks for roots alone. */
export const withoutEnding = (name: string): string =>
  name.endsWith(ROOTS_ENDING) ? name.slice(0, -ROOTS_ENDING.length) : name;

export const asksForRoots = (name: string): boolean => name.endsWith(ROOTS_ENDING);
