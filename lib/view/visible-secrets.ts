import type { TlsSecret } from '../model/tls-secret.ts';
import type { SecretsByNamespace } from '../world/secrets.ts';

/**
 * What the proxies of a view may be given of the mesh's secrets (SDS-4, TC-5, IDN-4), as far as that does not depend on who names them: a
 * proxy whose identity is not proven gets nothing of it, whatever its view has.
 */
export interface VisibleSecrets {
  /** Of the proxies' own namespace by name. Authorities are public, and its keys are there where the proxies may have them. */
  readonly own: ReadonlyMap<string, VisibleSecret>;
  /** Those that Gateways may name although nothing else gives them to the proxies, by the name that is asked for (GW-16). */
  readonly verified: ReadonlyMap<string, TlsSecret | undefined>;
  /** Authorities of ConfigMaps are public (SDS-4). */
  readonly configMaps: SecretsByNamespace;
}

/** A Secret whose keys the proxies may not have has `denied` in their place. */
export interface VisibleSecret extends Omit<TlsSecret, 'pair'> {
  readonly pair: TlsSecret['pair'] | { readonly state: 'denied' };
}
