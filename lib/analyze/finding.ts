import type { FindingCode, Severity } from './finding-codes.ts';

/** One thing that is wrong between the objects of a mesh. */
export interface Finding {
  /** Stable word for scripts, in CAPITALS_WITH_UNDERSCORES. */
  readonly code: string;
  readonly severity: Severity;
  /** Key of the object to change: `Kind/namespace/name`. */
  readonly resource: string;
  /** Where in the object: `spec.http[0].route[1].destination`; empty for all of it. */
  readonly path: string;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** What an analyzer says; how bad it is and what to do about it stand in the table of codes. */
export interface Found extends Pick<Finding, 'resource' | 'path' | 'message'> {
  readonly code: FindingCode;
  /** Clusters that it speaks of, by the end of their names `|subset|host`: whatever stages say of them is said with this. */
  readonly clusters?: readonly string[];
}
