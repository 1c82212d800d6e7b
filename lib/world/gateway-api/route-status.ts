import type { ParentRef } from '../../resources/gateway-api/route-shapes.ts';
import type { RouteProblem } from './backends.ts';
import { compare, referenceText, type Refusal, type RouteAttachment } from './route-attachments.ts';

/** The name under which this service speaks about routes. */
const GATEWAY_CONTROLLER = 'istio.io/gateway-controller';

/** A condition before it has a date. */
export interface RouteCondition {
  readonly type: 'Accepted' | 'ResolvedRefs';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** One entry of `status.parents`. */
export interface RouteParentStatus {
  readonly parentRef: ParentRef;
  readonly controllerName: string;
  readonly conditions: readonly RouteCondition[];
}

/** What each attachment came to, and what is wrong with the rules that it asks for. */
export interface AttachmentOutcome {
  readonly attachment: RouteAttachment;
  readonly problem: RouteProblem | undefined;
}

/** GA-13: what is said to each parent that is ours; several listeners of one reference are one entry. */
export function routeParentStatuses(
  outcomes: readonly AttachmentOutcome[],
  namespace: string,
): readonly RouteParentStatus[] {
  const byReference = Map.groupBy(outcomes, ({ attachment }) => referenceText(attachment.ref, namespace));
  return [...byReference]
    .sort(([a], [b]) => compare(b, a))
    .flatMap(([, [first, ...others]]) =>
      first === undefined
        ? []
        : [
            {
              parentRef: first.attachment.ref,
              controllerName: GATEWAY_CONTROLLER,
              conditions: [accepted([first, ...others]), resolvedRefs(first.problem)],
            },
          ],
    );
}

/** The less a reason is the route's own, the later it counts. */
const ORDER: readonly Refusal['reason'][] = ['NotAllowedByListeners', 'NoMatchingListenerHostname', 'NoMatchingParent'];

/** One listener that takes the route is enough; else the nearest miss is told, with all sentences of its sort. */
function accepted(outcomes: readonly AttachmentOutcome[]): RouteCondition {
  const refusals = outcomes.flatMap(({ attachment }) => attachment.refused ?? []);
  const bound = outcomes.length - refusals.length;
  if (bound > 0) {
    const message = bound > 1 ? `Route was valid, bound to ${bound} parents` : 'Route was valid';
    return { type: 'Accepted', status: 'True', reason: 'Accepted', message };
  }
  const reason = ORDER.find((each) => refusals.some((refusal) => refusal.reason === each)) ?? 'NoMatchingParent';
  const messages = refusals.filter((refusal) => refusal.reason === reason).map(({ message }) => message);
  return { type: 'Accepted', status: 'False', reason, message: messages.join('; ') };
}

function resolvedRefs(problem: RouteProblem | undefined): RouteCondition {
  if (problem !== undefined) return { type: 'ResolvedRefs', status: 'False', ...problem };
  return { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'All references resolved' };
}
