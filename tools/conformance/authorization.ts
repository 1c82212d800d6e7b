import { isDeepStrictEqual } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { authorizationFilters, type AuthorizationFilterIr } from '../../lib/compile/authorization.ts';
import { encodeHttpFilter } from '../../lib/envoy/http-filters/http-filter-encoders.ts';
import { encodeNetworkFilter } from '../../lib/envoy/listener.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { parseDocument } from '../../lib/resources/parse-document.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { buildProxyView } from '../../lib/view/build-proxy-view.ts';
import { readNode } from '../../lib/view/read-node.ts';
import { viewFacts } from '../../lib/view/view-facts.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { judge, type Case, type Verdict } from './case.ts';
import { at, listAt, textAt, type Json } from './json.ts';

/** The filters of a case's policies, one by one and in order, as Envoy is told them. */
export function judgeAuthorization({ body }: Case): Verdict {
  const expected = listAt(body, 'expected');
  const built = filtersOf(body);
  if (typeof built === 'string') return { verdict: 'refused', reason: built };
  const isTcp = textAt(body, 'protocol') === 'tcp';
  const placed = isTcp ? built.tcp : built.http;
  const ours = [...placed.asking, ...placed.deciding].map((filter) => encoded(filter, isTcp));
  const count = Math.max(expected.length, ours.length);
  return judge(
    Array.from({ length: count }, (_, index) => {
      const [theirs, own] = [expected[index], ours[index]];
      if (isDeepStrictEqual(canonical(theirs), canonical(own))) return undefined;
      return `filter ${index}: theirs ${JSON.stringify(theirs)} ours ${JSON.stringify(own)}`;
    }),
  );
}

const encoded = (filter: AuthorizationFilterIr, isTcp: boolean): Json =>
  (isTcp ? encodeNetworkFilter(filter, { refresh: durationMs(1000) }) : encodeHttpFilter(filter)) as Json;

function filtersOf(body: Case['body']): ReturnType<typeof authorizationFilters> | string {
  const written = parseAllDocuments(textAt(body, 'configs')).flatMap((document) =>
    'contents' in document ? [document.toJS() as Json] : [],
  );
  const domains = {
    trustDomain: textAt(body, 'trustDomain') || 'cluster.local',
    trustDomainAliases: listAt(body, 'trustDomainAliases'),
  };
  const settings = { ...(parse(textAt(body, 'mesh')) as object | null), ...domains };
  // Settings that admission would refuse are asked about, too.
  const documents: Resource[] = [meshOf(settings)];
  for (const each of [...written, ...servicesOf(settings)]) {
    const read = parseDocument(each, { defaultNamespace: 'default' });
    if (!read.ok) return read.issues.map(({ message }) => message).join('; ');
    documents.push(read.value);
  }
  const node = readNode({ type: 'sidecar', ips: ['10.0.0.1'], ...(at(body, 'proxy') as object), id: 'test' });
  if (!node.ok) return 'no proxy can be made of the case';
  const world = buildWorld(documents).value;
  return authorizationFilters(buildProxyView(world, viewFacts(world, node.value)).value.authorization);
}

const meshOf = (meshConfig: object): Resource => ({
  ...{ apiVersion: 'pilotless.dev/v1', kind: 'Mesh', metadata: { name: 'default', namespace: '' } },
  spec: { meshConfig },
});

/** The services that the providers of a case name are there, with the ports that are asked. */
function servicesOf(settings: Json): readonly unknown[] {
  const providers = listAt(settings, 'extensionProviders');
  const asked = providers.flatMap((provider) => [at(provider, 'envoyExtAuthzHttp'), at(provider, 'envoyExtAuthzGrpc')]);
  const byName = new Map(asked.filter((each) => each !== undefined).map((each) => [textAt(each, 'service'), each]));
  return [...byName].map(([service, each]) => {
    const [namespace, host] = service.includes('/') ? service.split('/') : ['foo', service];
    const port = Number(at(each, 'port'));
    const number = port <= 65_535 ? port : 80; // the provider alone is to be wrong
    return {
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: 'asked', namespace } },
      spec: { hosts: [host], resolution: 'DNS', ports: [{ number, name: 'http', protocol: 'HTTP' }] },
    };
  });
}

/** Members in order, and words and numbers for the same enumerated value alike. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, member]) => [name, canonical(member)]),
    );
  }
  return typeof value === 'string' ? value.replace(/^(\d+(?:\.\d*?[1-9])?)\.?0*s$/, '$1s') : value;
}
