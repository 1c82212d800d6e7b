/**
 * A problem in someone's document: a value, never thrown. `message` is a sentence that says what is wrong and what to do;
 * `path` points into the document (`spec.http[0].route[1].destination.host`, empty for the whole).
 */
export interface Issue {
  readonly severity: 'error' | 'warning';
  /** Stable word for scripts and dashboards, in CAPITALS_WITH_UNDERSCORES. */
  readonly code: string;
  /** The document's key, when it is known: `Kind/namespace/name`. */
  readonly resource?: string;
  readonly path: string;
  /** What of the mesh it concerns, where that has a name of its own: a cluster, a virtual host, a host. */
  readonly subject?: string;
  readonly message: string;
}

/** What a station of the line answers: a value with what was noticed on the way, or only what is wrong. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly issues: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** A stage that always yields something; what could not be used is left out of the value and named in the issues. */
export interface Noted<T> {
  readonly value: T;
  readonly issues: readonly Issue[];
}
