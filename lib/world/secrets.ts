import { toBase64 } from '../base/base64.ts';
import { type Recall, recallNothing } from '../base/recall.ts';
import type { PairValues, SecretValue, TlsPart, TlsSecret, TrustValues } from '../model/tls-secret.ts';
import { configMapTrust, configMapValues } from '../resources/config-map-values.ts';
import type { Kind } from '../resources/kinds.ts';
import { keyOf, type Resource, type ResourceKey } from '../resources/resource.ts';
import {
  foundAmong,
  type PairFacts,
  type SecretFacts,
  type SecretValues,
  type TrustFacts,
} from '../resources/secret-facts.ts';
import type { SealedSecret } from '../resources/secret-spec.ts';
import { factsOf, isSealed, placeOfValue, servedPart } from '../resources/secret-values.ts';
import { writtenValues } from '../resources/written-values.ts';

/** By namespace, then by name. */
export type SecretsByNamespace = ReadonlyMap<string, ReadonlyMap<string, TlsSecret>>;

/** The secrets of the mesh, and whose proxies may have them. */
export interface MeshSecrets {
  readonly secrets: SecretsByNamespace;
  readonly configMaps: SecretsByNamespace;
  readonly secretGrants: SecretGrants;
}

export function readMeshSecrets(documentsOf: (kind: Kind) => readonly Resource[], recall: Recall): MeshSecrets {
  const read = (kind: 'Secret' | 'ConfigMap'): SecretsByNamespace => {
    const documents = documentsOf(kind);
    return recall.stage(kind, [documents], (inner) => readSecrets(documents, inner));
  };
  const grants = documentsOf('SecretGrant');
  return {
    secrets: read('Secret'),
    configMaps: read('ConfigMap'),
    secretGrants: recall.value('secret grants', [grants], () => readSecretGrants(grants)),
  };
}

/** Documents of kind Secret or ConfigMap. What is wrong with one is said where it is asked for. */
export function readSecrets(resources: readonly Resource[], recall: Recall = recallNothing): SecretsByNamespace {
  const byNamespace = new Map<string, Map<string, TlsSecret>>();
  for (const resource of resources) {
    if (resource.kind !== 'Secret' && resource.kind !== 'ConfigMap') continue;
    const { namespace, name } = resource.metadata;
    const secret = recall.value(keyOf(resource), [resource], () => readSecret(resource));
    const known = byNamespace.get(namespace) ?? new Map<string, TlsSecret>();
    byNamespace.set(namespace, known.set(name, secret));
  }
  return byNamespace;
}

/** Which service accounts may have the secrets of each namespace that has a SecretGrant; the others are open to all of their proxies. */
export type SecretGrants = ReadonlyMap<string, ReadonlySet<string>>;

export function readSecretGrants(grants: readonly Resource[]): SecretGrants {
  const byNamespace = new Map<string, Set<string>>();
  for (const { kind, metadata, spec } of grants) {
    if (kind !== 'SecretGrant') continue;
    const granted = byNamespace.get(metadata.namespace) ?? new Set<string>();
    for (const account of spec.serviceAccounts ?? []) granted.add(account);
    byNamespace.set(metadata.namespace, granted);
  }
  return byNamespace;
}

function readSecret(resource: Resource<'Secret' | 'ConfigMap'>): TlsSecret {
  const source = keyOf(resource);
  if (resource.kind === 'ConfigMap') {
    const [values, trust] = [configMapValues(resource.spec), configMapTrust(resource.spec)];
    const facts: SecretFacts = { keys: [...values.keys()].sort(), ...(trust && { trust }) };
    return {
      source,
      pair: { state: 'missing', problem: 'a ConfigMap has no private keys' },
      trust: plainTrust(facts, values),
    };
  }
  const { spec } = resource;
  if (isSealed(spec)) return { source, pair: sealedPair(source, spec), trust: sealedTrust(source, spec) };
  const [facts, values] = [factsOf(spec), writtenValues(spec)];
  return { source, pair: plainPair(facts, values), trust: plainTrust(facts, values) };
}

/** Of a Secret as it is stored: the newest that can be used. */
function sealedPair(source: ResourceKey, spec: SealedSecret): TlsPart<PairValues> {
  const problem = problemOf(spec.facts, 'pair');
  const served = servedPart(spec, 'pair');
  return served
    ? { state: 'served', values: pairValues(served.facts, sealedIn(source, served)), problem }
    : { state: 'missing', problem };
}

function sealedTrust(source: ResourceKey, spec: SealedSecret): TlsPart<TrustValues> {
  const problem = problemOf(spec.facts, 'trust');
  const served = servedPart(spec, 'trust');
  return served
    ? { state: 'served', values: trustValues(served.facts, sealedIn(source, served)), problem }
    : { state: 'missing', problem };
}

/** Of a document that was never stored, or of a kind that is public. */
function plainPair(facts: SecretFacts, values: SecretValues): TlsPart<PairValues> {
  const problem = problemOf(facts, 'pair');
  return facts.pair && problem === ''
    ? { state: 'served', values: pairValues(facts.pair, plainIn(values)), problem }
    : { state: 'missing', problem };
}

function plainTrust(facts: SecretFacts, values: SecretValues): TlsPart<TrustValues> {
  const problem = problemOf(facts, 'trust');
  return facts.trust && problem === ''
    ? { state: 'served', values: trustValues(facts.trust, plainIn(values)), problem }
    : { state: 'missing', problem };
}

type ValueNamed = (name: string) => SecretValue;

const pairValues = ({ chain, key, ocspStaple }: PairFacts, valueOf: ValueNamed): PairValues => ({
  certificate: valueOf(chain),
  key: valueOf(key),
  ...(ocspStaple !== undefined && { ocspStaple: valueOf(ocspStaple) }),
});

const trustValues = ({ authorities, crl }: TrustFacts, valueOf: ValueNamed): TrustValues => ({
  authorities: valueOf(authorities),
  ...(crl !== undefined && { revocations: valueOf(crl) }),
});

const sealedIn =
  (source: ResourceKey, { sealed }: Pick<SealedSecret, 'sealed'>): ValueNamed =>
  (name) => ({ form: 'sealed', box: sealed[name]?.box ?? '', place: placeOfValue(source, name) });

const plainIn =
  (values: SecretValues): ValueNamed =>
  (name) => ({ form: 'plain', base64: toBase64(values.get(name) ?? new Uint8Array()) });

const NOT_MEANT = {
  pair: 'it has no certificate with a key under tls.crt and tls.key, or cert and key',
  trust: 'it has no authorities under ca.crt or cacert',
} as const;

/** Why no proxy can use the part as it is now; empty where proxies can. */
function problemOf(facts: SecretFacts, part: 'pair' | 'trust'): string {
  const found = facts[part];
  if (found === undefined) return `${NOT_MEANT[part]} (${foundAmong(new Set(facts.keys))})`;
  return found.problems.map(({ message }) => message).join('; ');
}
