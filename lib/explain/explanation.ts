import type { Issue } from '../base/issue.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { Outcome } from './call-outcome.ts';

/** An object, and what it did to the decision or why it did nothing. One sentence without a full stop. */
export interface Reason {
  readonly resource: ResourceKey;
  readonly reason: string;
}

/** A route or cluster of one name that could have been taken, and why it was not. */
export interface PassedOver extends Partial<Reason> {
  readonly name: string;
  readonly reason: string;
}

/** One decision on the way of a request, or about what a proxy is given at all. */
export interface Step {
  readonly part: 'listener' | 'chain' | 'host' | 'route' | 'cluster' | 'scope';
  /** Name of what was taken; empty where nothing was. */
  readonly name: string;
  /** What was decided, as a sentence. */
  readonly decision: string;
  readonly decidedBy: readonly Reason[];
  /** Objects about the same thing that did not decide it. */
  readonly lost: readonly Reason[];
  /** Alternatives within what was taken: the routes of a virtual host, in the order in which they are tried. */
  readonly passedOver: readonly PassedOver[];
}

/** Which objects decide what a proxy does, and why others do not. */
export interface Explanation {
  readonly steps: readonly Step[];
  /** What becomes of the request; absent where none was asked about. */
  readonly outcome?: Outcome;
  /** What the service has to say about the objects named in the steps. */
  readonly issues: readonly Issue[];
}
