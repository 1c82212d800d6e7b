import { compileHttpRoutes } from '../../lib/compile/http-routes.ts';
import { caseResources } from '../../lib/control/offline/case-resources.ts';
import { encodeVirtualHost } from '../../lib/envoy/route-configuration.ts';
import { readMeshSettings } from '../../lib/world/mesh-settings.ts';
import { readRouteTables } from '../../lib/world/route-tables.ts';
import type { Case, Verdict } from './case.ts';
import { judgeResources } from './compare-resources.ts';
import { at, listAt, numberAt, textAt, type Json } from './json.ts';

/** The routes of one VirtualService at one listener, each of them one check. */
export function judgeTableRoutes({ body }: Case): Verdict {
  const why = whyNotWhole(body);
  if (why !== undefined) return { verdict: 'skipped', reason: why };
  const { resources, errors } = caseResources({
    mesh: JSON.stringify(at(body, 'options', 'mesh') ?? {}),
    networks: '',
    kube: '',
    configs: JSON.stringify(withHost(body['virtualService'] ?? {})),
  });
  const mesh = readMeshSettings(resources).value;
  const [table] = readRouteTables(resources, mesh).value;
  if (table === undefined) return { verdict: 'refused', reason: errors.join('; ') };
  const routes = compileHttpRoutes(table, {
    gateway: table.gateways[0] ?? '',
    listenerPort: numberAt(body, 'listenPort'),
    usesTls: at(body, 'options', 'isTLS') === true,
    namespace: textAt(body, 'proxy', 'namespace'),
    labels: (at(body, 'proxy', 'labels') ?? {}) as Readonly<Record<string, string>>,
    mesh,
    services: new Map(),
    infersPorts: false,
  }).value;
  const host = { name: '', domains: [], routes, requiresTls: false, countsAttempts: false };
  const ours = listAt(JSON.parse(JSON.stringify(encodeVirtualHost(host))) as Json, 'routes');
  return judgeResources({ routes: numbered(listAt(body, 'expected')) }, { routes: numbered(ours) });
}

/** What decides about the routes and is not in the case, or comes from a kind that is not there. */
function whyNotWhole(body: Case['body']): string | undefined {
  const semantics = textAt(body, 'virtualService', 'metadata', 'annotations', 'internal.istio.io/route-semantics');
  if (semantics !== '') return `it was made from Istio's ${semantics} kind`;
  const expected = listAt(body, 'expected');
  if (expected.some((route) => at(route, 'route', 'hashPolicy') !== undefined))
    return 'its DestinationRule is not in it';
  const isInferred = (route: Json): boolean =>
    at(route, 'typedPerFilterConfig', 'envoy.filters.http.ext_proc') !== undefined;
  return expected.some(isInferred) ? 'its inference service is not in it' : undefined;
}

/** A document without hosts is a delegate, whose routes are nobody's; the function that was recorded does not mind. */
function withHost(document: Json): Json {
  const hosts = listAt(document, 'spec', 'hosts');
  const [whole, spec] = [document, at(document, 'spec')].map((each) => each as { readonly [key: string]: Json });
  return { ...whole, spec: { ...spec, hosts: hosts.length > 0 ? hosts : ['a.test'] } };
}

/** Routes in their order, without the name of a namespace that only one side has. */
const numbered = (routes: readonly Json[]): readonly Json[] =>
  routes.map((route, index) => {
    const { name, ...rest } = JSON.parse(JSON.stringify(route).replace('/namespaces//', '/namespaces/default/')) as {
      readonly [key: string]: Json;
    };
    return { name: String(index), routeName: name ?? '', ...rest };
  });
