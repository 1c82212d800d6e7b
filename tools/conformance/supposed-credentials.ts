import { rootCertificates } from 'node:tls';
import { readText } from '../../lib/control/config/read-text.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { secretFacts, type SecretFacts } from '../../lib/resources/secret-facts.ts';
import { at, textAt, type Json } from './json.ts';

type Credential = Resource<'Secret' | 'ConfigMap'>;

/**
 * The Secrets and ConfigMaps of a case of the Gateway API, which names them and leaves them out: those that its documents name are
 * supposed to be there and good, unless a recorded sentence says that one is missing or malformed.
 */
export function supposedCredentials(written: string, recorded: string): readonly Credential[] {
  const sentences = recorded.replaceAll(/\s+/g, ' ');
  const named = readText(written).documents.flatMap(({ value }) => {
    const document = value as Json;
    return referencesIn(at(document, 'spec'), textAt(document, 'metadata', 'namespace'));
  });
  const byKey = new Map(named.map((each) => [`${each.kind}/${each.namespace}/${each.name}`, each]));
  return [...byKey.values()]
    .filter(({ kind, namespace, name }) => !sentences.includes(`${kind.toLowerCase()} ${namespace}/${name} not found`))
    .map((each) => credential(each, sentences));
}

interface Reference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly namespace: string;
  readonly name: string;
}

const MEMBERS = ['certificateRefs', 'caCertificateRefs', 'clientCertificateRef'];

/** Everything below a member that refers to certificates, wherever in the document it is. */
function referencesIn(value: Json | undefined, namespace: string): readonly Reference[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Readonly<Record<string, Json>>).flatMap(([member, part]) => {
    if (!MEMBERS.includes(member)) return referencesIn(part, namespace);
    return [part].flat().flatMap((ref): readonly Reference[] => {
      const kind = textAt(ref, 'kind') || 'Secret';
      if (kind !== 'Secret' && kind !== 'ConfigMap') return [];
      return [{ kind, namespace: textAt(ref, 'namespace') || namespace, name: textAt(ref, 'name') }];
    });
  });
}

function credential({ kind, namespace, name }: Reference, sentences: string): Credential {
  const metadata = { name, namespace };
  if (kind === 'ConfigMap') {
    return { apiVersion: 'v1', kind, metadata, spec: { data: { 'ca.crt': rootCertificates[0] ?? '' } } };
  }
  const isBad = sentences.includes(`/Secret/${name}., the certificate is malformed`);
  const type = 'kubernetes.io/tls';
  return { apiVersion: 'v1', kind, metadata, spec: { type, sealed: {}, facts: isBad ? MALFORMED : GOOD } };
}

/** As a stored Secret tells of its values, which nobody here opens. */
const GOOD: SecretFacts = {
  keys: ['ca.crt', 'tls.crt', 'tls.key'],
  pair: { chain: 'tls.crt', key: 'tls.key', problems: [] },
  trust: { authorities: 'ca.crt', certificates: [], problems: [] },
};

const NONSENSE = new TextEncoder().encode('nonsense');
const MALFORMED = secretFacts(
  new Map([
    ['tls.crt', NONSENSE],
    ['tls.key', NONSENSE],
  ]),
);
