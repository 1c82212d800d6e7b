import type { ResourceKey } from '../../resources/resource.ts';
import type { ParentRef } from '../../resources/gateway-api/route-shapes.ts';

/** A condition of an object of the Gateway API before it has a date and a generation. */
export interface StatedCondition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Why something does not hold, in a word of the Gateway API and a sentence. */
export interface StatedProblem {
  readonly reason: string;
  readonly message: string;
}

/** One listener of a Gateway or ListenerSet, as its status has it. */
export interface StatedListener {
  readonly name: string;
  readonly attachedRoutes: number;
  readonly supportedKinds: readonly { readonly group: string; readonly kind: string }[];
  readonly conditions: readonly StatedCondition[];
}

/** One parent of a route, as the status of the route has it. */
export interface StatedParent {
  readonly parentRef: ParentRef;
  readonly controllerName: string;
  readonly conditions: readonly StatedCondition[];
}

/** One object that a policy is for, as the status of the policy has it. */
export interface StatedAncestor {
  readonly ancestorRef: {
    readonly group?: string;
    readonly kind?: string;
    readonly name?: string;
    readonly sectionName?: string;
  };
  readonly controllerName: string;
  readonly conditions: readonly StatedCondition[];
}

/** What the front end says of one document of the Gateway API: the members of its `status`, without dates. */
export interface StatedObject {
  readonly target: ResourceKey;
  /** Routes have conditions for each parent alone. */
  readonly conditions?: readonly StatedCondition[];
  readonly addresses?: readonly { readonly type: string; readonly value: string }[];
  readonly listeners?: readonly StatedListener[];
  readonly attachedListenerSets?: number;
  readonly parents?: readonly StatedParent[];
  /** Of a policy: the objects that it is for. */
  readonly ancestors?: readonly StatedAncestor[];
}

/** What may turn out otherwise, by type of condition: what is said where all is well. */
export type Expectations = Readonly<Record<string, Expectation>>;

interface Expectation extends StatedProblem {
  /** What the condition says when all is well; True unless it is said. */
  readonly status?: StatedCondition['status'];
}

/** Conditions by type, in order of their names; one with a problem says the opposite of what was expected. */
export function stated(
  expected: Expectations,
  problems: Readonly<Record<string, StatedProblem | undefined>>,
): readonly StatedCondition[] {
  return Object.entries(expected)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, { status = 'True', reason, message }]): StatedCondition => {
      const problem = problems[type];
      if (problem === undefined) return { type, status, reason, message };
      const opposite = status === 'True' ? 'False' : 'True';
      return { type, status: opposite, reason: problem.reason, message: problem.message };
    });
}
