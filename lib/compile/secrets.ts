import type { Issue, Noted } from '../base/issue.ts';
import type { StageMemory } from '../base/stage-memory.ts';
import type { ClusterIr } from '../ir/cluster.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { SecretIr } from '../ir/secret.ts';
import { unreachable } from '../base/unreachable.ts';
import { asksForRoots, readSecretName, withoutEnding } from '../model/credential.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import type { VisibleSecret } from '../view/visible-secrets.ts';
import { byName } from './joined-pieces.ts';
import { type RequestedSecret, secretsOfClusters, secretsOfListeners } from './requested-secrets.ts';
import { askersOf, type SecretAsker } from './secret-askers.ts';

/** What proxies of a view are given of the secrets that its listeners and clusters name. */
export interface CompiledSecrets {
  /** Sorted by name. */
  readonly secrets: readonly SecretIr[];
  /** Names of which they get nothing, sorted: nothing waits for these but their own connections (GW-28, SDS-5). */
  readonly withheld: readonly string[];
}

interface Askers {
  readonly listeners: readonly ListenerIr[];
  readonly clusters: readonly ClusterIr[];
}

/** SDS-4, SDS-5, SDS-7: finds each secret that is named. What is not there, or not for these proxies, is left out and said. */
export function compileSecrets(
  view: ProxyView,
  { listeners, clusters }: Askers,
  memory: StageMemory,
): Noted<CompiledSecrets> {
  const ofListeners = memory.combined('secrets of listeners', listeners, secretsOfListeners);
  const ofClusters = memory.combined('secrets of clusters', clusters, secretsOfClusters);
  const found: SecretIr[] = [];
  const withheld: string[] = [];
  const issues: Issue[] = [];
  for (const request of eachOnce([...ofListeners, ...ofClusters])) {
    const answer = resolve(view, request);
    if ('secret' in answer) found.push(memory.same(answer.secret));
    else withheld.push(request.name);
    if (answer.problem !== '') issues.push(...askersOf(view, request.name).map((asker) => issueOf(asker, answer)));
  }
  // A certificate and its roots are two names for one document.
  const distinct = new Map(issues.map((issue) => [[issue.resource, issue.path, issue.message].join(' '), issue]));
  const secrets = memory.combined('sorted secrets', found, byName);
  return { value: { secrets, withheld: memory.same(withheld.sort()) }, issues: [...distinct.values()] };
}

/** One for each name. A name that is asked for as a certificate is one, whatever else asks for it. */
function eachOnce(requests: readonly RequestedSecret[]): readonly RequestedSecret[] {
  const byName = new Map<string, RequestedSecret>();
  for (const request of requests) {
    if (request.part === 'pair' || !byName.has(request.name)) byName.set(request.name, request);
  }
  return [...byName.values()];
}

/** What becomes of one name, and what is wrong with it; empty where nothing is. */
type Resolved =
  | { readonly secret: SecretIr; readonly problem: string }
  | { readonly code: SecretIssueCode; readonly problem: string };

type SecretIssueCode =
  'IDENTITY_MISSING' | 'SECRET_NOT_FOUND' | 'SECRET_NOT_ALLOWED' | 'SECRET_UNUSABLE' | 'SECRET_NAME_MALFORMED';

function resolve({ facts, secrets }: ProxyView, { name, part }: RequestedSecret): Resolved {
  const credential = readSecretName(name, facts.namespace);
  switch (credential.type) {
    case 'of-machine':
      return { code: 'IDENTITY_MISSING', problem: facts.profile === 'envoy' ? withoutIdentity(facts.namespace) : '' };
    case 'never':
      return { code: 'SECRET_NOT_FOUND', problem: '' };
    case 'malformed':
      return { code: 'SECRET_NAME_MALFORMED', problem: `${name} names no secret; write the bare name of one` };
    case 'config-map': {
      const { namespace, name: bare } = credential;
      const found = secrets.configMaps.get(namespace)?.get(bare);
      return given({ name, part: 'trust', found, document: `ConfigMap/${namespace}/${bare}` });
    }
    case 'secret':
    case 'verified': {
      const { namespace, name: bare } = credential;
      const isOwn = credential.type === 'secret' && namespace === facts.namespace;
      if (!isOwn && !secrets.verified.has(name)) return otherNamespace(credential, facts.namespace);
      // SDS-7: authorities may have a secret of their own, or stand in that of the certificate.
      const base = withoutEnding(bare);
      const found = isOwn ? (secrets.own.get(bare) ?? secrets.own.get(base)) : secrets.verified.get(name);
      return given({ name, part: asksForRoots(bare) ? 'trust' : part, found, document: `Secret/${namespace}/${base}` });
    }
    default:
      return unreachable(credential);
  }
}

interface Found extends RequestedSecret {
  readonly found: VisibleSecret | undefined;
  /** What ought to be there, as people name it. */
  readonly document: string;
}

const withoutIdentity = (namespace: string): string =>
  `proxies of namespace ${namespace} that have no certificate of the mesh cannot do this, and make or take no connection for it; give them one (pilotless bootstrap --identity-dir)`;

/** The part of a document that is asked for. */
function given({ name, part, found, document }: Found): Resolved {
  if (found === undefined) return { code: 'SECRET_NOT_FOUND', problem: `${document} is not there; apply it` };
  const { source } = found;
  if (part === 'trust') {
    const { trust } = found;
    if (trust.state === 'missing')
      return { code: 'SECRET_UNUSABLE', problem: `${source} cannot be used: ${trust.problem}` };
    return { secret: { name, source, part, values: trust.values }, problem: olderServed(source, trust.problem) };
  }
  const { pair } = found;
  if (pair.state === 'denied') {
    const problem = `${source} is not for proxies of this service account; name it in a SecretGrant`;
    return { code: 'SECRET_NOT_ALLOWED', problem };
  }
  if (pair.state === 'missing')
    return { code: 'SECRET_UNUSABLE', problem: `${source} cannot be used: ${pair.problem}` };
  return { secret: { name, source, part, values: pair.values }, problem: olderServed(source, pair.problem) };
}

const olderServed = (source: string, problem: string): string =>
  problem === '' ? '' : `${source} cannot be used as it is now, so that the one before stays: ${problem}`;

function otherNamespace(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  own: string,
): Resolved {
  const problem = `Secret/${namespace}/${name} is not for proxies of namespace ${own}; put one into their namespace`;
  return { code: 'SECRET_NOT_ALLOWED', problem };
}

function issueOf({ resource, path }: SecretAsker, answer: Resolved): Issue {
  const code = 'code' in answer ? answer.code : 'SECRET_UNUSABLE';
  // What is served from an older version works: that it is old is said, and nothing is left out.
  const isOfDocument = 'code' in answer && code !== 'IDENTITY_MISSING'; // which is missing at some proxies, not in a document
  return { severity: isOfDocument ? 'error' : 'warning', code, resource, path, message: answer.problem };
}
