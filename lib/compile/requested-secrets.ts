import type { ClusterIr } from '../ir/cluster.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { CertificateIr, RootsIr } from '../ir/tls-material.ts';

/** A secret that a proxy will ask for, by its name, and what it needs it for. */
export interface RequestedSecret {
  readonly name: string;
  readonly part: 'pair' | 'trust';
}

/** What the TLS of listeners names. */
export function secretsOfListeners(listeners: readonly ListenerIr[]): readonly RequestedSecret[] {
  return listeners.flatMap(({ chains, defaultChain }) =>
    [...chains, ...(defaultChain === undefined ? [] : [defaultChain])].flatMap(({ tls }) =>
      tls === undefined ? [] : requested(tls.certificates, tls.clients?.roots),
    ),
  );
}

/** What the TLS of clusters names. */
export function secretsOfClusters(clusters: readonly ClusterIr[]): readonly RequestedSecret[] {
  return clusters.flatMap(({ transport: { encryption } }) => {
    if (encryption.type === 'none') return [];
    const { certificate, servers } = encryption.tls;
    return requested(certificate === undefined ? [] : [certificate], servers?.roots);
  });
}

function requested(certificates: readonly CertificateIr[], roots: RootsIr | undefined): readonly RequestedSecret[] {
  const pairs = certificates.flatMap((each): RequestedSecret[] =>
    each.from === 'secret' ? [{ name: each.name, part: 'pair' }] : [],
  );
  return roots?.from === 'secret' ? [...pairs, { name: roots.name, part: 'trust' }] : pairs;
}
