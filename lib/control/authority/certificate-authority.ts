import type { Registry } from 'prom-client';
import { epochMs } from '../../base/brand.ts';
import { readCertificate } from '../../base/certificates.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import { type MeshConfig, meshConfigWithDefaults } from '../../resources/mesh-defaults.ts';
import { meshName } from '../../resources/well-known-names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { Log } from '../../ports/log.ts';
import type { Records } from '../../ports/records.ts';
import type { SigningKeys } from '../../ports/signing-keys.ts';
import type { ConfigSource } from '../build/worlds.ts';
import { readIdentityBindings } from '../../world/identity-bindings.ts';
import type { VerifyCaller } from '../identity/verify-caller.ts';
import type { Authenticator } from './attestation.ts';
import { authorityApi } from './authority-api.ts';
import { type AuthorityEnds, authorityMetrics } from './authority-metrics.ts';
import { type AuthorityState, signerOf } from './authority-state.ts';
import type { AuthoritySettings } from './authority-settings.ts';
import { callerAuthenticator } from './caller-authenticator.ts';
import { certificatesApi, type CertificatesHandler } from './certificates-api.ts';
import type { Issuer, IssuerSource } from './issuer.ts';
import { forgetJoinTokens, joinTokenAuthenticator } from './join-tokens.ts';
import { otherAuthorities } from './other-authorities.ts';
import { type OwnRoots, ownRoots } from './own-roots.ts';
import { renewalAuthenticator } from './renewal-proof.ts';
import { forgetProofs } from './spent-proofs.ts';
import { trustBundle } from './trust-bundle.ts';

export interface AuthorityPorts {
  readonly records: Pick<Records, 'get' | 'putIf' | 'list' | 'removeIf'>;
  readonly keys: SigningKeys;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly random: (bytes: number) => Uint8Array;
  readonly registry: Registry;
  readonly config: Pick<ConfigSource, 'readNewest'>;
  readonly settings: AuthoritySettings;
  /** Fetches the bundles of other trust domains. */
  readonly fetcher: Fetcher;
  /** In place of roots of our own. */
  readonly plugged?: IssuerSource;
  /** How the service believes callers elsewhere; absent where nobody has to prove anything. */
  readonly verifyCaller?: VerifyCaller;
  /** Tried before all others. */
  readonly authenticators?: readonly Authenticator[];
}

/** The certificate authority as a whole. */
export interface CertificateAuthority {
  /** `POST /v1/certificates`, for workloads. */
  readonly certificates: CertificatesHandler;
  /** The paths of `AUTHORITY_PATHS`. */
  readonly api: ReturnType<typeof authorityApi>;
  /** What has to be looked after now and then: roots that end, tokens that have expired. */
  tend(): Promise<void>;
}

export function certificateAuthority(ports: AuthorityPorts): CertificateAuthority {
  const { clock, log, registry, records } = ports;
  const mesh = meshReader(ports);
  const trustDomain = async (): Promise<string> => (await mesh()).trustDomain;
  const trustDomains = async (): Promise<readonly string[]> => {
    const { trustDomain: own, trustDomainAliases } = await mesh();
    return [own, ...trustDomainAliases];
  };
  const bindings = async () => readIdentityBindings((await ports.config.readNewest()).resources);
  const { issuer, roots } = issuing(ports, trustDomain);
  const others = otherAuthorities({ ...ports, written: async () => (await mesh()).caCertificates ?? [] });
  const bundleOf = async (own: readonly string[]): Promise<readonly string[]> => {
    const { roots: all, rejected } = trustBundle([
      { name: 'authority', pem: own.join('') },
      ...(await others.sources()),
    ]);
    for (const { name, reason } of rejected) log.warn('trust-source-left-out', { name, reason });
    return all;
  };
  const metrics = authorityMetrics({
    ...{ registry, now: () => clock.now() },
    ends: async () => (roots ? endsOfState(await roots.read()) : endsOf(await issuer.current())),
  });
  const authenticators = [
    ...(ports.authenticators ?? []),
    ...(ports.verifyCaller ? [callerAuthenticator({ ...ports, verifyCaller: ports.verifyCaller, bindings })] : []),
    renewalAuthenticator({ ...ports, issuer, trustDomains }),
    joinTokenAuthenticator(ports),
  ];
  return {
    certificates: certificatesApi({ ...ports, issuer, trustDomain, bundleOf, metrics, authenticators }),
    api: authorityApi({ ...(roots && { roots }), issuer, joinTokens: ports, bundleOf, log }),
    async tend() {
      // Nobody needs roots before the first workload comes.
      if (await roots?.read()) await roots?.rotate();
      await others.refresh();
      await forgetJoinTokens(ports);
      await forgetProofs(records, clock);
    },
  };
}

/** The settings of the mesh, as the newest revision has them. */
function meshReader({ config }: AuthorityPorts): () => Promise<MeshConfig> {
  return async () => {
    const { resources } = await config.readNewest();
    const mesh = resources.filter((each) => each.kind === 'Mesh').find(({ metadata }) => metadata.name === meshName);
    return meshConfigWithDefaults(mesh?.spec.meshConfig);
  };
}

interface Issuing {
  readonly issuer: IssuerSource;
  readonly roots?: OwnRoots;
}

function issuing(ports: AuthorityPorts, trustDomain: () => Promise<string>): Issuing {
  if (ports.plugged) return { issuer: ports.plugged };
  const roots = ownRoots({ ...ports, trustDomain });
  return { issuer: roots, roots };
}

function endsOfState(state: AuthorityState | undefined): AuthorityEnds | undefined {
  const signer = state && signerOf(state);
  return signer && { root: signer.notAfter, chain: signer.notAfter };
}

function endsOf({ roots, notAfter }: Issuer): AuthorityEnds {
  const ends = roots.map((pem) => parseTimestamp(readCertificate(pem)?.facts.notAfter ?? '') ?? notAfter);
  return { root: epochMs(Math.min(...ends)), chain: notAfter };
}
