import { canonicalJson } from '../../lib/base/hashing.ts';
import { caseResources } from '../../lib/control/offline/case-resources.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { effectiveRoutes, findDelegates } from '../../lib/world/delegates.ts';
import { meshDefaults } from '../../lib/world/mesh-settings.ts';
import { readRouteTables } from '../../lib/world/route-tables.ts';
import { judge, type Case, type Verdict } from './case.ts';
import { at, listAt, textAt, type Json } from './json.ts';

type VirtualService = Resource<'VirtualService'>;

/**
 * Routes as they stand after delegation. What was recorded is read as documents that do not delegate any more, so that both
 * sides have gone through the same reading of names.
 */
export function judgeDelegation({ body }: Case): Verdict {
  const questions: Readonly<Record<string, () => Verdict>> = {
    MergedVirtualServices: () => judgeDocuments(body),
    MergeHTTPRoutes: () =>
      judgeRoutes([root(body['root'] ?? {}), delegate(listAt(body, 'delegate'))], listAt(body, 'expected')),
    mergeHTTPMatchRequests: () => judgeMatches(body),
  };
  const asked = questions[textAt(body, 'fn')];
  return asked === undefined ? { verdict: 'skipped', reason: 'no such function here' } : asked();
}

function judgeDocuments(body: Case['body']): Verdict {
  const [here, there] = ['configs', 'expected'].map((field) => tablesOf(listAt(body, field)));
  const names = [...new Set([here, there].flatMap((tables) => [...(tables?.keys() ?? [])]))];
  return judge(names.map((name) => difference(name, there?.get(name), here?.get(name))));
}

/** By the name of their document. */
function tablesOf(documents: readonly Json[]): ReadonlyMap<string, string> {
  const tables = readRouteTables(virtualServices(documents), meshDefaults()).value;
  return new Map(
    tables.map(({ http, ...table }) => [
      `${table.namespace}/${table.name}`,
      canonicalJson({ ...table, http: http.map(({ origin: _origin, ...rule }) => rule) }),
    ]),
  );
}

function judgeRoutes(documents: readonly Json[], expected: readonly Json[]): Verdict {
  const [here, there] = [routesOf(documents), routesOf([root(...expected)])];
  return judge(
    Array.from({ length: Math.max(here.length, there.length) }, (_, index) =>
      difference(`route ${index}`, there[index], here[index]),
    ),
  );
}

/** Matches are asked about through a route that has nothing else; a conflict leaves no route. */
function judgeMatches(body: Case['body']): Verdict {
  const route = { directResponse: { status: 200 } };
  const expected =
    at(body, 'expected', 'conflict') === true ? [] : [{ ...route, match: listAt(body, 'expected', 'matches') }];
  const delegating = { match: listAt(body, 'root'), delegate: { name: 'delegate', namespace: 'default' } };
  return judgeRoutes([root(delegating), delegate([{ ...route, match: listAt(body, 'delegate') }])], expected);
}

function routesOf(documents: readonly Json[]): readonly string[] {
  const all = virtualServices(documents);
  const roots = all.filter(({ spec }) => (spec.hosts ?? []).length > 0);
  return roots.flatMap((each) =>
    effectiveRoutes(each, findDelegates(all), meshDefaults()).value.map(({ route }) => canonicalJson(route)),
  );
}

function virtualServices(documents: readonly Json[]): readonly VirtualService[] {
  const configs = documents.map((document) => JSON.stringify(document)).join('\n---\n');
  const { resources } = caseResources({ mesh: '', networks: '', kube: '', configs });
  return resources.filter((resource) => resource.kind === 'VirtualService');
}

const root = (...http: readonly Json[]): Json => document('root', { hosts: ['a.test'], http });
const delegate = (http: readonly Json[]): Json => document('delegate', { http });
const document = (name: string, spec: Json): Json => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name, namespace: 'default' },
  spec,
});

function difference(what: string, there: string | undefined, here: string | undefined): string | undefined {
  return here === there ? undefined : `${what}: Istio ${there ?? 'none'}, here ${here ?? 'none'}`;
}
