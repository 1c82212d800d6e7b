import type { ShownCondition } from '../control/status/status-word.ts';

/** An object as the API answers it, as far as the verbs look into it. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly creationTimestamp?: string;
    readonly resourceVersion?: string;
  };
  readonly status?: { readonly conditions?: readonly ShownCondition[] };
}
