import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../lib/base/hashing.ts';
import { recallNothing } from '../../lib/base/recall.ts';
import { caseResources } from '../../lib/control/offline/case-resources.ts';
import { readText } from '../../lib/control/config/read-text.ts';
import { kindOfDocument } from '../../lib/resources/kinds.ts';
import { type Resource, resourceKey } from '../../lib/resources/resource.ts';
import { type GatewayApi, readGatewayApi } from '../../lib/world/gateway-api/gateway-api.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { judge, type Case, type Verdict } from './case.ts';
import { fixtureServices } from './fixture-services.ts';
import { at, isSet, listAt, textAt, type Json } from './json.ts';
import { supposedCredentials } from './supposed-credentials.ts';

/** The domain of services here; that of the recorded cases is another one. */
const DOMAIN = 'cluster.local';

/**
 * Reads the documents of a case beside the services that all cases share. What is said of each document is compared word by word,
 * without dates; the Gateways, VirtualServices and DestinationRules that are made of them by what they say and where it holds.
 */
export function judgeGatewayApi({ file, body }: Case): Verdict {
  const own = (text: string): string => text.replaceAll(textAt(body, 'domainSuffix'), DOMAIN);
  const fixture = own(readFileSync(join(dirname(file), textAt(body, 'fixture')), 'utf8'));
  const [written, statuses] = [own(textAt(body, 'kube')), own(textAt(body, 'expectedStatusYaml'))];
  const services = fixtureServices(JSON.parse(fixture) as Json, DOMAIN).map((each) => JSON.stringify(each));
  const kube = [written, ...services].join('\n---\n');
  const { resources, errors } = caseResources({ mesh: '', networks: '', configs: '', kube });
  if (errors[0] !== undefined) return { verdict: 'refused', reason: errors[0] };
  const made = convert([...resources, ...supposedCredentials(written, statuses)]);
  return judge([
    ...documentsIn(statuses).map((document) => statusDifference(document, made)),
    ...documentDifferences(documentsIn(own(textAt(body, 'expectedYaml'))), madeDocuments(made)),
  ]);
}

const documentsIn = (text: string): readonly Json[] =>
  readText(text)
    .documents.map(({ value }) => value as Json)
    .filter(isSet);

function convert(resources: readonly Resource[]): GatewayApi {
  const { value: world } = buildWorld(resources);
  const { mesh, services, endpoints } = world;
  const byKind = Map.groupBy(resources, ({ kind }) => kind);
  const input = {
    mesh,
    services,
    endpoints,
    secrets: world,
    byKind: (kind: Resource['kind']) => byKind.get(kind) ?? [],
  };
  return readGatewayApi(resources, input, recallNothing);
}

function statusDifference(document: Json, { statements }: GatewayApi): string | undefined {
  const [apiVersion, word] = [textAt(document, 'apiVersion'), textAt(document, 'kind')];
  const kind = kindOfDocument(apiVersion, word);
  if (kind === undefined) return `${word} is no kind here`;
  const key = resourceKey(kind, textAt(document, 'metadata', 'namespace'), textAt(document, 'metadata', 'name'));
  const { target: _target, ...said } = statements.find(({ target }) => target === key) ?? { target: key };
  const [theirs, ours] = [at(document, 'status') ?? {}, said as unknown as Json].map((each) => plain(each));
  return theirs === ours ? undefined : `${key}: Istio ${theirs ?? ''}, here ${ours ?? ''}`;
}

/** A mode of TLS that Istio leaves out when it writes it, because it is the first of its enumeration. */
const UNSAID_MODE = 'PASSTHROUGH';

/** Without dates, and without members that are empty or zero. */
function plain(value: Json): string {
  const drop = (part: Json): Json => {
    if (Array.isArray(part)) return (part as readonly Json[]).map(drop);
    if (typeof part !== 'object' || part === null) return part;
    const members = Object.entries(part as Readonly<Record<string, Json>>)
      .map(([name, member]) => [name, drop(member)] as const)
      .filter(([name, member]) => name !== 'lastTransitionTime' && member !== UNSAID_MODE && isSet(member));
    return Object.fromEntries(members);
  };
  return canonicalJson(drop(value));
}

const madeDocuments = ({ gateways, routes, policies }: GatewayApi): readonly Json[] =>
  [...[...gateways, ...routes].map(({ document }) => document), ...policies] as unknown as readonly Json[];

/** One check for each place of either side; in one place there may be several documents, whose names nobody refers to. */
function documentDifferences(theirs: readonly Json[], ours: readonly Json[]): readonly (string | undefined)[] {
  const [wanted, found] = [Map.groupBy(theirs, placeOf), Map.groupBy(ours, placeOf)];
  const places = new Set([...wanted.keys(), ...found.keys()]);
  return [...places].map((place) => {
    const [left, right] = [wanted, found].map(
      (all) => (all.get(place) ?? []).map(meaning).sort().join(' + ') || 'none',
    );
    return left === right ? undefined : `${place}: Istio ${left ?? ''}, here ${right ?? ''}`;
  });
}

/** What a document is for: names are compared where others refer to them alone. */
function placeOf(document: Json): string {
  const kind = textAt(document, 'kind');
  const { namespace, name } = {
    namespace: textAt(document, 'metadata', 'namespace'),
    name: textAt(document, 'metadata', 'name'),
  };
  if (kind === 'Gateway') return `${kind} ${namespace}/${name}`;
  const bound = listAt(document, 'spec', 'gateways').map(String).sort().join();
  const hosts = listAt(document, 'spec', 'hosts').map(String).sort().join() || textAt(document, 'spec', 'host');
  const protocol = ['http', 'tls', 'tcp'].filter((each) => isSet(at(document, 'spec', each))).join();
  return [kind, namespace, hosts, bound, protocol].filter((part) => part !== '').join(' ');
}

/**
 * What it says, with the annotations that say for whom. Whom a route of the mesh is for stands in `exportTo` here; Istio works it
 * out when it chooses among tables.
 */
function meaning(document: Json): string {
  const annotations = at(document, 'metadata', 'annotations');
  const told = ['internal.istio.io/gateway-service', 'internal.istio.io/route-semantics', 'internal.istio.io/parents'];
  const members = told.map((name) => [name, textAt(annotations, name)]);
  const { exportTo: _exportTo, ...spec } = (at(document, 'spec') ?? {}) as Readonly<Record<string, Json>>;
  return plain({ ...Object.fromEntries(members), spec } as Json);
}
