import type { Destination, HttpRoute, HttpRouteDestination } from '../../resources/virtual-service-spec.ts';
import type { BackendRef } from '../../resources/gateway-api/route-shapes.ts';
import { type Backend, type RouteOrigin, type RouteProblem, resolveBackend } from './backends.ts';

/** One rule for one of its matches, as VirtualServices have it. */
export interface ConvertedRule {
  readonly route: HttpRoute;
  /** Where the route has it: `spec.rules[0]`. */
  readonly path: string;
}

/** What the rules of one route come to, and the last thing that is wrong with them. */
export interface Converted<Rule> {
  readonly rules: readonly Rule[];
  readonly problem: RouteProblem | undefined;
}

/** What one rule comes to; `undefined` rules mean that the problem leaves nothing of the whole route. */
export interface ConvertedPart<Rule> {
  readonly rules: readonly Rule[] | undefined;
  readonly problem: RouteProblem | undefined;
}

/** Joins what the rules of a route come to. A problem that is fatal to one of them is so to all. */
export function joinParts<Rule>(parts: readonly ConvertedPart<Rule>[]): Converted<Rule> {
  const fatal = parts.find(({ rules }) => rules === undefined);
  if (fatal !== undefined) return { rules: [], problem: fatal.problem };
  const problem = parts.findLast((part) => part.problem !== undefined)?.problem;
  return { rules: parts.flatMap(({ rules = [] }) => rules), problem };
}

/** GA-17: whether any backend of a rule may be drawn. */
export const drawsAny = (backends: readonly Pick<BackendRef, 'weight'>[]): boolean =>
  backends.some(({ weight = 1 }) => weight > 0);

export interface Drawn<Ref extends BackendRef> {
  readonly ref: Ref;
  readonly destination: Destination;
  /** Left out where there is no choice. */
  readonly weight: number | undefined;
}

export type DrawnBackends<Ref extends BackendRef> =
  | { readonly type: 'drawn'; readonly backends: readonly Drawn<Ref>[]; readonly problem: RouteProblem | undefined }
  | { readonly type: 'fatal'; readonly problem: RouteProblem };

/** GA-17: the backends that can be drawn, with where they lead; one that leads nowhere keeps its share. */
export function drawBackends<Ref extends BackendRef>(refs: readonly Ref[], origin: RouteOrigin): DrawnBackends<Ref> {
  const drawn = refs.filter(({ weight = 1 }) => weight > 0);
  let problem: RouteProblem | undefined;
  const backends: Drawn<Ref>[] = [];
  for (const ref of drawn) {
    const backend: Backend = resolveBackend(ref, origin);
    if (backend.type === 'fatal') return backend;
    if (backend.type === 'lost') problem = backend.problem;
    const weight = drawn.length === 1 ? undefined : (ref.weight ?? 1);
    backends.push({ ref, destination: backend.destination, weight });
  }
  return { type: 'drawn', backends, problem };
}

/** A destination of an HTTP rule without header changes. */
export const weighted = ({ destination, weight }: Drawn<BackendRef>): HttpRouteDestination => ({
  destination,
  ...(weight !== undefined && { weight }),
});
