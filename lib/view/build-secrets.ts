import { readSecretName, withoutEnding } from '../model/credential.ts';
import type { TlsSecret } from '../model/tls-secret.ts';
import type { World } from '../world/world.ts';
import type { MergedGateway } from './merged-gateway.ts';
import type { ViewFacts } from './proxy-view.ts';
import type { VisibleSecret, VisibleSecrets } from './visible-secrets.ts';

/** What the proxies of a view may be given of the mesh's secrets, whatever names them. */
export function visibleSecrets(
  world: World,
  facts: ViewFacts,
  gateway: Pick<MergedGateway, 'verifiedSecrets'> | undefined,
): VisibleSecrets {
  const own = world.secrets.get(facts.namespace) ?? NOTHING;
  const isGranted = mayHaveKeys(world, facts);
  const verified = (gateway?.verifiedSecrets ?? []).map((name) => [name, namedSecret(world, name)] as const);
  return { own: isGranted ? own : withoutKeys(own), verified: new Map(verified), configMaps: world.configMaps };
}

/** The Secret with whole name; SDS-7: authorities may have one of their own, or stand in that of the certificate. */
function namedSecret({ secrets }: World, name: string): TlsSecret | undefined {
  const credential = readSecretName(name, '');
  if (credential.type !== 'verified') return undefined;
  const there = secrets.get(credential.namespace);
  return there?.get(credential.name) ?? there?.get(withoutEnding(credential.name));
}

const NOTHING: ReadonlyMap<string, TlsSecret> = new Map();

/** TC-5: where a namespace says whose proxies may have its secrets, nobody else's may. */
function mayHaveKeys({ secretGrants }: World, { namespace, serviceAccount }: ViewFacts): boolean {
  const granted = secretGrants.get(namespace);
  return granted === undefined || granted.has(serviceAccount);
}

const withoutKeys = (secrets: ReadonlyMap<string, TlsSecret>): ReadonlyMap<string, VisibleSecret> =>
  new Map([...secrets].map(([name, secret]) => [name, { ...secret, pair: { state: 'denied' } }]));
