import { type Recall, recallList, recallNothing } from '../../base/recall.ts';
import { keyOf } from '../../resources/resource.ts';
import { type ConvertedRoute, convertRoute, type HttpPart, type RouteResource } from './converted-route.ts';
import { connectionDocument, httpDocument, type RouteDocument } from './route-documents.ts';
import type { RouteLookup } from './route-facts.ts';
import { questionsOf, type RouteQuestion } from './route-questions.ts';

/** What all routes come to. */
export interface MadeRoutes {
  /** VirtualServices: one for each gateway and host that HTTP routes are for, and those for connections. */
  readonly documents: readonly RouteDocument[];
  /** Each route, with what is to be said of it. */
  readonly routes: readonly ConvertedRoute[];
}

/**
 * GA-11 to GA-23. With a memory, a route is converted anew only if it or something that it names changed, and of the documents
 * only those that have rules of it are.
 */
export function makeRoutes(
  resources: readonly RouteResource[],
  lookup: RouteLookup,
  recall: Recall = recallNothing,
): MadeRoutes {
  const routes = resources.map((route) => recalledRoute(route, lookup, recall));
  const byKey = Map.groupBy(
    routes.flatMap(({ http }) => http),
    ({ key }) => key,
  );
  const http = [...byKey].map(([key, parts]) => recalledHttp(key, parts, recall));
  const connections = routes.flatMap((route) =>
    recall.value(`connections ${route.source}`, [route], () => route.connections.map(connectionDocument)),
  );
  return {
    documents: recallList(recall, 'documents of routes', [...http.flat(), ...connections]),
    routes: recallList(recall, 'converted routes', routes),
  };
}

function recalledRoute(route: RouteResource, lookup: RouteLookup, recall: Recall): ConvertedRoute {
  const key = keyOf(route);
  const questions: readonly RouteQuestion[] = recall.value(`questions ${key}`, [route], () => questionsOf(route));
  const inputs = [route, lookup.domainSuffix, ...questions.map((ask) => ask(lookup))];
  return recall.value(`route ${key}`, inputs, () => convertRoute(route, lookup));
}

/** The order of the parts says nothing: they are sorted by the age of their routes. */
const recalledHttp = (key: string, parts: readonly HttpPart[], recall: Recall): readonly RouteDocument[] =>
  recall.value(`http ${key}`, parts, () => {
    const document = httpDocument(key, parts);
    return document === undefined ? [] : [document];
  });
